"""Signed links, reply addresses and Message-IDs: made, read back, and removed from people's words."""
