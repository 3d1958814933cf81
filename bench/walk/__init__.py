"""The path of a message through the code."""
