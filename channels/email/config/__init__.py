"""What an operator sets about mail, and the addresses it names."""
