"""The database's clock, by which leases and queue times are told."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

AGREED = timedelta(seconds=1)
"""Clocks that differ by less are taken for one: a lease is twenty times as long."""
TRUSTED = 1.0
"""Seconds for which a comparison holds."""
_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while a laptop sleeps


class Instant(NamedTuple):
    """A moment by both clocks of this machine."""

    running: float
    """Seconds since it was started."""
    wall: float
    """Seconds by its clock, which may be set, and which is set anew after a virtual machine was frozen."""


NEVER = Instant(float("-inf"), float("-inf"))


def instant() -> Instant:
    """The present moment."""
    return Instant(time.clock_gettime(_SINCE_BOOT), time.time())


def since(moment: Instant) -> float:
    """Seconds since a moment, never too few; too many if the clock was set meanwhile."""
    now = instant()
    return max(now.running - moment.running, abs(now.wall - moment.wall))


class DatabaseClock:
    """Measures how far a database's clock is ahead of this machine's; safe between threads.

    SQLite has no clock of its own: all processes that use a file use one machine's.
    """

    def __init__(self, *, own: bool) -> None:
        """``own``: whether the database has a clock that may differ from this machine's."""
        self._own = own
        self._compared = NEVER
        self._ahead = timedelta(0)
        self._lock = threading.Lock()

    def ahead(self, connection: Connection) -> timedelta:
        """How far the clock is ahead (negative: behind); zero while the two agree.

        Asks the database once a second at most.
        """
        ahead = self.measured(connection)
        return ahead if abs(ahead) > AGREED else timedelta(0)

    def measured(self, connection: Connection) -> timedelta:
        """How far the clock is ahead, to the millisecond."""
        if self._own and since(self._compared) > TRUSTED:
            with self._lock:
                self._compare(connection)
        return self._ahead

    def _compare(self, connection: Connection) -> None:
        before, sent = instant(), datetime.now(UTC)
        answer: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        self._ahead = answer - sent - (datetime.now(UTC) - sent) / 2
        self._compared = before
