"""The notices of the desk: a type for each, with its facts, its readers and an example of each fact."""
