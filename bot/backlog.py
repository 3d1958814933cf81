"""The backlog: deliveries that wait in memory for one channel's couriers, customers' before the desk's own."""

from __future__ import annotations

import threading
from collections import Counter, deque

from bot.notices import BEHIND
from store.outbox import Outgoing

Reader = tuple[int | None, str]


class Backlog:
    """Two lines: whoever waits for an answer is never kept waiting by what the desk is told. Safe between threads.

    Of what one reader is told about one case, nothing overtakes what stands in line already.
    """

    def __init__(self) -> None:
        self._lines: tuple[deque[Outgoing], deque[Outgoing]] = (deque(), deque())
        self._behind: Counter[Reader] = Counter()
        """Whom something waits for in the second line."""
        self._news = threading.Condition()
        self._closed = False

    def put(self, row: Outgoing) -> None:
        """Let a delivery wait."""
        with self._news:
            reader = (row.case_id, row.recipient)
            behind = row.notice in BEHIND or reader in self._behind
            self._lines[behind].append(row)
            if behind:
                self._behind[reader] += 1
            self._news.notify()

    def get(self) -> Outgoing | None:
        """The next one, as soon as there is one; None once it is closed."""
        with self._news:
            self._news.wait_for(lambda: self._closed or any(self._lines))
            return None if self._closed else self._next()

    def close(self) -> None:
        """Let nobody wait any more; what is in line stays in the outbox."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def _next(self) -> Outgoing:
        first, second = self._lines
        if first:
            return first.popleft()
        row = second.popleft()
        reader = (row.case_id, row.recipient)
        self._behind[reader] -= 1
        if not self._behind[reader]:
            del self._behind[reader]
        return row
