"""Changes to many persons at once: staff, imports, one person with two addresses."""
