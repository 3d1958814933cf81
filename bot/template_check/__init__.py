"""Templates checked and previewed, with sample facts for every notice."""
