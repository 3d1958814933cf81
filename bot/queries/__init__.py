"""What can be asked of the desk without changing anything."""
