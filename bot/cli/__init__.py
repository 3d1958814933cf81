"""The command line, a module per noun; each imports what it needs only when it is used."""
