"""The readers measured against a corpus of real mail."""
