"""Backup, restore, verify, and the hold of a restored desk."""
