"""The backlog: due deliveries of one channel in memory, customers' first."""

from __future__ import annotations

import threading
from collections import Counter, deque

from bot.notices.catalogue import BEHIND
from store.queues.outbox import Outgoing

Recipient = tuple[int | None, str]


class Backlog:
    """Waiting deliveries in three priorities; safe between threads.

    First what customers wait for, then what the desk is told, then refreshes. Deliveries to one reader about
    one case keep their order.
    """

    def __init__(self) -> None:
        self._lines: tuple[deque[Outgoing], ...] = (deque(), deque(), deque())
        self._waiting: Counter[tuple[int, Recipient]] = Counter()
        """How many deliveries wait in which line for whom."""
        self._news = threading.Condition()
        self._closed = False

    def __len__(self) -> int:
        """How many deliveries wait."""
        return sum(map(len, self._lines))

    def put(self, row: Outgoing) -> None:
        """Add a delivery."""
        with self._news:
            reader = (row.case_id, row.recipient)
            before = (line for line in range(len(self._lines)) if self._waiting[line, reader])
            line = max(rank(row), *before, 0)
            self._lines[line].append(row)
            self._waiting[line, reader] += 1
            self._news.notify()

    def get(self) -> Outgoing | None:
        """The next delivery, waiting for one if necessary; None once closed."""
        with self._news:
            self._news.wait_for(lambda: self._closed or any(self._lines))
            return None if self._closed else self._next()

    def close(self) -> None:
        """End all waiting; what is left stays in the outbox."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def _next(self) -> Outgoing:
        line = next(number for number, rows in enumerate(self._lines) if rows)
        row = self._lines[line].popleft()
        place = (line, (row.case_id, row.recipient))
        self._waiting[place] -= 1
        if not self._waiting[place]:
            del self._waiting[place]
        return row


def rank(row: Outgoing) -> int:
    """The priority of a delivery; lower goes first."""
    if row.key:
        return 2
    return 1 if row.notice in BEHIND else 0
