"""Signing in by OAuth: access tokens for IMAP and the relay, and where their refresh tokens are kept."""
