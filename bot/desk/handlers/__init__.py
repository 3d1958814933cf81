"""What each command does: a function per command, a module per noun."""
