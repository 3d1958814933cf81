"""Templates and phrases of the pages, in the visitor's language."""
