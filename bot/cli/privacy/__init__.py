"""Commands of data protection: what is erased, taken out of a case, and how long things are kept."""
