"""Clock drift: this machine's clock against the database's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

APART = timedelta(seconds=5)
"""Difference that is worth a word."""


def clocks(ahead: timedelta) -> Iterable[str]:
    """A sentence if the database's clock is too far ahead of (negative: behind) this machine's."""
    if abs(ahead) > APART:
        seconds = round(abs(ahead).total_seconds())
        where = "behind" if ahead > timedelta(0) else "ahead of"
        yield (
            f"store.url: this machine's clock is {seconds} s {where} the database's. Queues go by the database's, but "
            "the times that people read would be wrong: set both by NTP (chrony, systemd-timesyncd)."
        )
