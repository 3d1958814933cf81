"""Bytes become text: charsets, transfer encodings, line ends, format=flowed."""
