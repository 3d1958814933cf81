"""Where a message belongs and what it asks for: from what was read to a request."""
