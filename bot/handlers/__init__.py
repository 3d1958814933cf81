"""One function per command, a module per noun."""
