"""Ordering: deliveries to one thread do not overtake each other."""

from __future__ import annotations

import threading
from collections import deque

from store.queues.outbox import Outgoing


class DeliveryOrder:
    """Decides which delivery follows which within a lane; safe between threads.

    The lane ``""`` has no order: all may go at once.
    """

    def __init__(self) -> None:
        self._queues: dict[str, deque[Outgoing]] = {}
        self._lock = threading.Lock()

    def enter(self, lane: str, row: Outgoing) -> bool:
        """Queue behind older deliveries of the lane; True if none is before this one.

        The first is under way already, and even an older one does not overtake it.
        """
        if not lane:
            return True
        with self._lock:
            line = self._queues.setdefault(lane, deque())
            younger = (place for place, other in enumerate(line) if place and other.id > row.id)
            line.insert(next(younger, len(line)), row)
            return len(line) == 1

    def leave(self, lane: str, row: Outgoing) -> Outgoing | None:
        """Remove a delivery; returns the one that may go now, if this was the first."""
        with self._lock:
            line = self._queues.get(lane)
            if not line or row not in line:
                return None
            first = line[0] is row
            line.remove(row)
            if not line:
                del self._queues[lane]
                return None
            return line[0] if first else None

    def clear(self, lane: str, recipient: str) -> list[Outgoing]:
        """Remove and return everything behind the first that goes to ``recipient``.

        Refreshes stay, and so does what goes elsewhere: one side of a case does not wait for the other.
        """
        with self._lock:
            line = self._queues.get(lane) or deque()
            behind = [row for row in list(line)[1:] if not row.key and row.recipient == recipient]
            for row in behind:
                line.remove(row)
            return behind
