"""The look of a brand: its logo, and its colour made legible."""
