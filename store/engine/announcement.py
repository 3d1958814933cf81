"""Announcements: what a committed transaction tells other processes at once, by PostgreSQL's NOTIFY.

They only save time. Whoever hears none of them finds the same work by looking for it.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Iterable
from typing import Any

from store.engine.database import Database

INBOX = "casebot_inbox"
"""There is a message that nobody has in hand."""
OUTBOX = "casebot_outbox"
"""There is a delivery that nobody has in hand."""
PROBE = 60.0
"""Seconds of silence after which the connection is tried: nothing else would show that it is gone."""


class Announcements:
    """A connection of its own, outside the pool, that hears what is announced from now on."""

    def __init__(self, database: Database, names: Iterable[str]) -> None:
        """Raises the driver's and SQLAlchemy's errors, as ``heard`` does."""
        borrowed = database.engine.raw_connection()
        connection: Any = borrowed.driver_connection
        borrowed.detach()
        self._connection = connection
        self._connection.autocommit = True
        for name in names:
            self._connection.execute(f"LISTEN {name}")

    def heard(self, bell: socket.socket) -> set[str]:
        """Wait for announcements: their names; none if the bell rings first, or nothing comes for long."""
        ready, _, _ = select.select([self._connection, bell], [], [], PROBE)
        if self._connection in ready:
            return {notice.channel for notice in self._connection.notifies(timeout=0.5, stop_after=1)}
        if not ready:
            self._connection.execute("SELECT 1")
        return set()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
