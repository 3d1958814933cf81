"""What would be done with a message, and why, without doing it."""
