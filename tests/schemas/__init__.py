"""Databases as each version of the schema left them, with what a small desk keeps: what migrations are tried on."""
