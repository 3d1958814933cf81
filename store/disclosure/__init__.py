"""Disclosure: what the store holds of one person, read for them, a case at a time."""
