"""What the desk tells people: each notice is a type, with its facts, who reads it, and an example of each fact."""
