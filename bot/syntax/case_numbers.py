"""Case numbers as people write them, and one parsed command line."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

ENTRY = re.compile(r"e-[a-z2-7]{6}", re.IGNORECASE)
"""The name of an entry."""
_NUMBER = re.compile(r"(?:CS-\d{6,12}|#?\d{1,12})", re.IGNORECASE)
LARGEST = 2**31 - 1
"""Case numbers are signed in four bytes (``bot/links``)."""


@dataclass(frozen=True, slots=True)
class ParsedCommand:
    """A parsed line: ``#close CS-000123 fixed`` → ``("close", 123, "fixed", "#close CS-000123 fixed")``."""

    verb: str
    case: int | None
    text: str
    line: str


def number(text: str) -> int | None:
    """A case number: ``CS-000123``, ``#123`` or ``123`` → 123; None if ``text`` is not just that."""
    text = text.strip()
    if not text.isascii() or not _NUMBER.fullmatch(text):
        return None
    value = int(text.upper().removeprefix("CS-").removeprefix("#"))
    return value if 0 < value <= LARGEST else None


def entry_name(entry: int) -> str:
    """A short name for an entry's id, ``e-k4q7x2``: its last thirty bits, unique within a case."""
    return f"e-{base64.b32encode((entry % (1 << 30) << 2).to_bytes(4, 'big'))[:6].decode().lower()}"


def label(number: int) -> str:
    """A case number as shown: 123 → ``CS-000123``."""
    return f"CS-{number:06d}"
