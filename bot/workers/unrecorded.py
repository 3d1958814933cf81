"""Deliveries made, whose outcome is not in the store yet: after a crash they would be made again."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition

LONGEST = 0.1
"""Seconds that an outcome may wait for the store until nothing more is delivered: what goes twice stays little."""
LOOK = 0.2
"""Seconds between two looks at whether the process leaves."""


class Unrecorded:
    """Says when the store is behind with what was delivered. Safe between threads."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}
        """When each of them was delivered (monotonic), by its id; the oldest first."""
        self._changed = Condition()

    def add(self, row: int) -> None:
        """Note that a delivery was made."""
        with self._changed:
            self._since[row] = time.monotonic()

    def remove(self, row: int) -> None:
        """Note that its outcome is in the store, or will never be."""
        with self._changed:
            self._since.pop(row, None)
            self._changed.notify_all()

    def wait(self, *, leaves: Callable[[], object]) -> bool:
        """Return once no outcome is late: True; or once the process leaves while one is: False."""
        with self._changed:
            while self.late:
                if leaves():
                    return False
                self._changed.wait(LOOK)
        return True

    @property
    def late(self) -> bool:
        """Does an outcome wait longer than it may?"""
        with self._changed:
            oldest = next(iter(self._since.values()), None)
        return oldest is not None and time.monotonic() > oldest + LONGEST
