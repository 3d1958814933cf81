"""Parked deliveries: their destination asked for a pause, and takes one at a time when it is over."""

from __future__ import annotations

import heapq
import itertools
import time
from dataclasses import dataclass, field

from store.queues.outbox import Outgoing

Reader = tuple[int | None, str]
"""A case and an address: what goes to one reader about one case keeps its order."""


@dataclass(slots=True)
class ParkedQueue:
    """What waits for one destination, the most urgent first."""

    until: float = 0.0
    """When (monotonic) it takes the next one."""
    under_way: int | None = None
    """The delivery that is being tried; no other is meanwhile."""
    waiting: list[tuple[int, int, int, Outgoing]] = field(default_factory=list)
    """A heap of ranks, ids, turns and rows."""


class Parking:
    """Queues of parked deliveries, by destination. Not safe between threads: its backlog is."""

    def __init__(self) -> None:
        self._queues: dict[str, ParkedQueue] = {}
        self._turns = itertools.count()
        self._readers: dict[Reader, tuple[str, int, int]] = {}
        """Of each who waits: in which queue, at which rank the last, and how many."""

    def __len__(self) -> int:
        """How many deliveries are parked."""
        return sum(len(queue.waiting) for queue in self._queues.values())

    def put(self, name: str, row: Outgoing, *, rank: int, seconds: float) -> None:
        """Park a delivery; its destination takes none for so many seconds."""
        queue = self._queues.setdefault(name, ParkedQueue())
        queue.until = max(queue.until, time.monotonic() + seconds)
        if queue.under_way == row.id:
            queue.under_way = None
        self._wait(name, queue, row, rank)

    def join(self, row: Outgoing, *, rank: int) -> bool:
        """Park a delivery behind those to the same reader about the same case.

        False if there are none, or if it is its own turn.
        """
        place = self._readers.get(reader_of(row))
        turn = any(queue.under_way == row.id for queue in self._queues.values())
        if place is None or row.key or turn:
            return False
        name, before, _ = place
        self._wait(name, self._queues[name], row, max(rank, before))
        return True

    def peek(self) -> int | None:
        """The rank of the delivery that may go now, if there is one."""
        best = self._best()
        return best[0] if best else None

    def pop(self) -> Outgoing | None:
        """The delivery that may go now; its queue rests until ``freed``."""
        best = self._best()
        if best is None:
            return None
        queue = self._queues[best[2]]
        row = heapq.heappop(queue.waiting)[3]
        queue.under_way = row.id
        name, rank, count = self._readers[reader_of(row)]
        if count == 1:
            del self._readers[reader_of(row)]
        else:
            self._readers[reader_of(row)] = name, rank, count - 1
        return row

    def freed(self, row: Outgoing) -> bool:
        """Let the next one go, if this delivery was under way; was it?"""
        for name, queue in self._queues.items():
            if queue.under_way == row.id:
                queue.under_way = None
                if not queue.waiting:
                    del self._queues[name]
                return True
        return False

    def seconds(self) -> float | None:
        """How long until the next one may go; None: not by waiting."""
        due = [queue.until for queue in self._queues.values() if queue.waiting and queue.under_way is None]
        return max(min(due) - time.monotonic(), 0.001) if due else None

    def _wait(self, name: str, queue: ParkedQueue, row: Outgoing, rank: int) -> None:
        heapq.heappush(queue.waiting, (rank, row.id, next(self._turns), row))
        count = self._readers.get(reader_of(row), ("", 0, 0))[2]
        self._readers[reader_of(row)] = name, rank, count + 1

    def _best(self) -> tuple[int, int, str] | None:
        now = time.monotonic()
        ready = [
            (*queue.waiting[0][:2], name)
            for name, queue in self._queues.items()
            if queue.waiting and queue.under_way is None and queue.until <= now
        ]
        return min(ready, default=None)


def reader_of(row: Outgoing) -> Reader:
    """Who reads a delivery, and about which case."""
    return row.case_id, row.recipient
