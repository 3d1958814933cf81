"""Cases as a whole: opened, closed, merged, split, handed over, rated."""
