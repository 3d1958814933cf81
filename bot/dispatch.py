"""Dispatch: what a channel's couriers take next. What somebody said goes before what is only shown anew."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from queue import PriorityQueue

from store.outbox import Outgoing

LEAVING, WORDS, SHOWINGS = 0, 1, 2


def rank(row: Outgoing) -> int:
    """Lower goes first."""
    return SHOWINGS if row.key else WORDS


def in_order(rows: Iterable[Outgoing]) -> list[Outgoing]:
    """Words first; else as they came."""
    return sorted(rows, key=rank)


class Dispatch:
    """Rows for one channel; safe between threads."""

    def __init__(self) -> None:
        self._rows: PriorityQueue[tuple[int, int, Outgoing | None]] = PriorityQueue()
        self._numbers = itertools.count()

    def put(self, row: Outgoing | None) -> None:
        """Add a row; None: whoever takes it is to leave."""
        self._rows.put((rank(row) if row else LEAVING, next(self._numbers), row))

    def get(self) -> Outgoing | None:
        """The next one; waits for it."""
        return self._rows.get()[2]
