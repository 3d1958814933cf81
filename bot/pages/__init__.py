"""What a signed link shows."""
