"""The commands of the desk, each with its rule, its verb, and the reader of its words."""
