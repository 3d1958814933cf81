"""All that can be asked of the desk: commands, each with its rule, its verb, and the reader of its words."""
