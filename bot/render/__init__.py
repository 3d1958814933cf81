"""Templates become words: environments, filters, formats of each language."""
