"""The config: sections and keys, where their values come from, and errors in words that help."""
