"""Legible names: a mail address is one, a chat's user id is none."""

from __future__ import annotations

SOMEBODY = "somebody without a name"


def is_legible(address: str) -> bool:
    """Can a person read it: a mail address or our own word (``clock``), not an id such as ``t1/u5``?"""
    return "@" in address or "/" not in address


def legible(name: str, address: str) -> str:
    """The name, else the address if it is legible."""
    return name or (address if is_legible(address) else SOMEBODY)
