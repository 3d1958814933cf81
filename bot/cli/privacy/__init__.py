"""Commands of data protection: what is taken out of a case, and how long things are kept."""
