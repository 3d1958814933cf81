"""Unused memory: what the C library keeps for later goes back to the system at rest."""

from __future__ import annotations

import ctypes

WORKED, QUIET = 0.5, 0.05
"""Seconds of CPU since memory was last given back that are worth it; the share of a core that still counts as rest."""


def give_back() -> None:
    """Return free pages of all threads' arenas; does nothing where the C library is not glibc.

    It takes a millisecond for every 100 MB in use, and holds no Python lock meanwhile (malloc_trim(3)).
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


class UnusedMemory:
    """Gives memory back when a busy process has become idle: a tenth of all would stay unused."""

    def __init__(self) -> None:
        self._clock = self._spent = self._given_back = 0.0

    def look(self, clock: float, spent: float) -> None:
        """Give back what is unused, if the process rests since the last look and has worked before.

        ``clock``: seconds of the monotonic clock; ``spent``: the process's CPU seconds.
        """
        resting = spent - self._spent < QUIET * (clock - self._clock)
        self._clock, self._spent = clock, spent
        if resting and spent - self._given_back >= WORKED:
            give_back()
            self._given_back = spent
