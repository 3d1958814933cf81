"""Unused memory: what the C library keeps for later goes back to the system at rest."""

from __future__ import annotations

import ctypes

WORKED = 0.5
"""Seconds of CPU after which memory is given back again: that takes a few milliseconds."""


def give_back() -> None:
    """Return free pages of all threads' arenas; does nothing where the C library is not glibc.

    It takes a millisecond for every 100 MB in use, and holds no Python lock meanwhile (malloc_trim(3)).
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


class UnusedMemory:
    """Gives memory that the C library keeps unused back to the system while a process works."""

    def __init__(self) -> None:
        self._spent = 0.0

    def look(self, spent: float) -> None:
        """Give back what is unused if the process, which has used so many CPU seconds, has worked since."""
        if spent - self._spent >= WORKED:
            give_back()
            self._spent = spent
