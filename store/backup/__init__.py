"""Backups: one archive with a consistent copy of the store, its files, the config and the secret."""
