"""What is said on a case, and what is asked for in it."""
