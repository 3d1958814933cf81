"""From a kept message to what its sender said."""
