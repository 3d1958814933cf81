"""What the commands share: the config they are called with, what they print, how they fail."""
