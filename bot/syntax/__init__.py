"""The grammar of commands and fields, one for all channels."""
