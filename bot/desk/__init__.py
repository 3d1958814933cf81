"""The desk: handles commands and answers queries, each in one transaction."""
