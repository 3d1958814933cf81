"""A message within a mail (RFC 2046, 5.2.1): how it is shown, and its file's name."""

from __future__ import annotations

from channels import text
from channels.email.mime import headers
from channels.email.mime.tree import Node

MOST_CHARACTERS = 64 << 10
_TOLD = ("From", "Date", "To", "Cc", "Subject")


def block(message: Node, words: str) -> str:
    """Its headers as mail programs write them above what they forward, then its ``words``; ``""`` if it has none."""
    values = ((name, message.get(name)) for name in _TOLD)
    told = [f"{name}: {headers.decoded(str(value))}" for name, value in values if value]
    if not told and not words.strip():
        return ""
    return "\n".join((*told, "", words.strip("\n")[:MOST_CHARACTERS])).strip("\n")


def name(message: Node) -> str:
    """A name for its file, from its subject; ``""`` without one."""
    subject = headers.decoded(str(message.get("subject") or "")).replace("/", "_")
    found = text.file_name(subject[:80])
    return f"{found}.eml" if found else ""
