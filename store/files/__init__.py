"""Bytes outside the database: attachments, raw mail, uploads under way."""
