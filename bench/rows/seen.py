"""What was looked for and not seen, and how one waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
LONGEST = 220
"""Characters of what was seen that a complaint shows."""


class Missing(Exception):
    """Something expected did not come."""

    def __init__(self, expected: str, seen: str) -> None:
        super().__init__(expected, seen)
        self.expected, self.seen = expected, seen


def until(found: Callable[[], Found], *, seconds: float = 20) -> Found:
    """Wait until something is true; what it was at last."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.03)
    return found()


def flat(text: str) -> str:
    """Words in one line."""
    return " ".join(text.split())


def complaint(expected: str, seen: str) -> str:
    """One line: what was expected, what was seen."""
    words = flat(seen)
    shown = words if len(words) <= LONGEST else words[:LONGEST] + " …"
    return f"expected {flat(expected)}; seen: {shown or 'nothing'}"
