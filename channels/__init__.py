"""The doors: one folder each, named as its section in the config."""
