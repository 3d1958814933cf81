"""The first ten, which have numbers; the later ones have the day on which they landed."""
