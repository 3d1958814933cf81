"""A message within a mail (RFC 2046, 5.2.1): how it is shown, and its file's name."""

from __future__ import annotations

from channels import text
from channels.email.mime import headers
from channels.email.mime.tree import Node

MOST_CHARACTERS = 64 << 10
_TOLD = ("From", "Date", "To", "Cc", "Subject")


def block(message: Node, words: str) -> str:
    """An embedded message's headers, as mail programs show them, then its ``words``; ``""`` if empty."""
    values = ((name, message.get(name)) for name in _TOLD)
    header_lines = [f"{name}: {headers.decoded(str(value))}" for name, value in values if value]
    if not header_lines and not words.strip():
        return ""
    return "\n".join((*header_lines, "", words.strip("\n")[:MOST_CHARACTERS])).strip("\n")


def name(message: Node) -> str:
    """A file name from its subject; ``""`` without one."""
    subject = headers.decoded(str(message.get("subject") or "")).replace("/", "_")
    stem = text.file_name(subject[:80])
    return f"{stem}.eml" if stem else ""
