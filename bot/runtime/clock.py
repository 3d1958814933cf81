"""The clock of a process: what time it is, in UTC, for everything that it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """Tells the time when called."""

    read: Callable[[], datetime]
    """Where the time comes from: the machine, until something else is put in its place."""

    def __init__(self) -> None:
        self.read = _machine

    def __call__(self) -> datetime:
        return self.read()


def _machine() -> datetime:
    return datetime.now(UTC)
