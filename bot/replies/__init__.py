"""Saved replies: the operator's files and specialists' own, and how their placeholders are filled."""
