"""Erasure: words and files taken out of every place they went, down to the bytes on the disk."""
