"""Old mail: mbox files and Maildirs, read for an import."""
