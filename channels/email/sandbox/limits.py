"""Limits of reading one mail: time, memory; known to the child and to its parent."""

from __future__ import annotations

MOST_MEMORY = 1 << 30
"""Bytes of address space of a child."""
WALL, CPU, PER_BYTE = 5.0, 3.0, 1 / (10 << 20)
"""Seconds for one mail, and a second more for every 10 MiB of it."""
MEMORY = 71
"""The exit code that says: it needed more memory than it may have."""


def seconds(size: int) -> tuple[float, float]:
    """Wall-clock and processor seconds for a mail of ``size`` bytes."""
    more = size * PER_BYTE
    return WALL + more, CPU + more
