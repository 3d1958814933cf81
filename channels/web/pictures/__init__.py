"""Pictures among the files of a case: told by their bytes, and made small for the page."""
