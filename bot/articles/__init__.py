"""Articles of the desk's documentation: read from files and pages, imported, listed."""
