"""Run two checkouts of casebot through the same day, and compare everything that people received."""
