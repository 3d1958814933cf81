"""Legible names: a mail address is one, a chat's user id is none."""

from __future__ import annotations

SOMEBODY = "somebody without a name"


def is_legible(address: str) -> bool:
    """Is it something to read: a mail address, or a word of our own (``clock``), and no ``t1/u5``?"""
    return "@" in address or "/" not in address


def legible(name: str, address: str) -> str:
    """The name, else the address if that is something to read."""
    return name or (address if is_legible(address) else SOMEBODY)
