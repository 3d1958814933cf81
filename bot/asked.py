"""What one command line asks, as words; and case numbers as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = re.compile(r"(?:CS-\d{6,12}|#?\d{1,12})", re.IGNORECASE)
LARGEST = 2**31 - 1
"""Case numbers are signed in four bytes (``bot/links``)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """``#close CS-000123 fixed`` → ``("close", 123, "fixed", "#close CS-000123 fixed")``."""

    verb: str
    case: int | None
    text: str
    line: str


def number(text: str) -> int | None:
    """``CS-000123``, ``#123`` or ``123`` → 123; None if ``text`` is not just that."""
    text = text.strip()
    if not text.isascii() or not _NUMBER.fullmatch(text):
        return None
    value = int(text.upper().removeprefix("CS-").removeprefix("#"))
    return value if 0 < value <= LARGEST else None


def label(number: int) -> str:
    """123 → ``CS-000123``."""
    return f"CS-{number:06d}"
