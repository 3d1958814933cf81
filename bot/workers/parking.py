"""Parked deliveries: each waits until a limit of its destination allows the next one."""

from __future__ import annotations

import heapq
import itertools
import time
from bisect import insort
from dataclasses import dataclass, field

from bot.notices.case import CaseOpened
from bot.notices.catalogue import DESK_NOTICES
from store.queues.outbox import Outgoing

Reader = tuple[int | None, str]
"""A case and an address. Deliveries to one address about one case keep their order."""


@dataclass(slots=True)
class ParkedQueue:
    """Deliveries that wait for one limit, the most urgent first."""

    until: float = 0.0
    """The monotonic time from which the next delivery may go."""
    under_way: Outgoing | None = None
    """The delivery that is being tried; no other one goes meanwhile."""
    waiting: list[tuple[int, int, int, Outgoing]] = field(default_factory=list)
    """A heap of ranks, ids, turns and rows."""


class Parking:
    """Queues of parked deliveries, one for each limit. Not thread-safe; the backlog locks it.

    The first parked delivery of a reader waits in a queue. The others stand in line behind it and in no queue,
    so each delivery is in exactly one place, whichever limits the first one meets.
    """

    def __init__(self) -> None:
        self._queues: dict[str, ParkedQueue] = {}
        self._turns = itertools.count()
        self._lines: dict[Reader, list[Outgoing]] = {}
        """By reader: the first parked delivery, in a queue or under way, and those behind it by id."""

    def __len__(self) -> int:
        """Return the number of parked deliveries."""
        behind = sum(len(line) - 1 for line in self._lines.values())
        return sum(len(queue.waiting) for queue in self._queues.values()) + behind

    def put(self, name: str, row: Outgoing, *, seconds: float) -> None:
        """Park a delivery; the limit ``name`` allows none for this many seconds.

        A card that is already posted holds back no other delivery.
        """
        self._release(row)
        queue = self._queues.setdefault(name, ParkedQueue())
        queue.until = max(queue.until, time.monotonic() + seconds)
        self._wait(queue, row)
        if not (row.key and row.place):
            self._lines.setdefault(reader_of(row), [row])

    def join(self, row: Outgoing) -> bool:
        """Park a delivery behind the first one of its reader.

        Return False if none is parked, or if this delivery is the first one.
        """
        line = self._lines.get(reader_of(row))
        if line is None or row.key or is_same(line[0], row):
            return False
        self._release(row)
        insort(line, row, lo=1, key=lambda each: each.id)
        return True

    def pop(self, at_most: int = 2) -> Outgoing | None:
        """Return the delivery of at most this rank that may go now. Its queue rests until ``freed``."""
        best = self._best()
        if best is None or best[0] > at_most:
            return None
        queue = self._queues[best[2]]
        queue.under_way = heapq.heappop(queue.waiting)[3]
        return queue.under_way

    def freed(self, row: Outgoing) -> bool:
        """Let the next delivery go after this one; return whether this one was parked."""
        name = self._release(row)
        line = self._lines.get(reader_of(row))
        if line is None or not is_same(line[0], row):
            return name is not None
        del line[0]
        if line:
            self._wait(self._queues.setdefault(name or "", ParkedQueue()), line[0])
        else:
            del self._lines[reader_of(row)]
        return True

    def seconds(self) -> float | None:
        """Return the seconds until the next delivery may go; None if that depends on ``freed``."""
        due = [queue.until for queue in self._queues.values() if queue.waiting and queue.under_way is None]
        return max(min(due) - time.monotonic(), 0.001) if due else None

    def _release(self, row: Outgoing) -> str | None:
        """Return the queue that a delivery is under way from, which it no longer occupies."""
        for name, queue in self._queues.items():
            if queue.under_way is not None and is_same(queue.under_way, row):
                queue.under_way = None
                if not queue.waiting:
                    del self._queues[name]
                return name
        return None

    def _wait(self, queue: ParkedQueue, row: Outgoing) -> None:
        heapq.heappush(queue.waiting, (rank(row), row.id, next(self._turns), row))

    def _best(self) -> tuple[int, int, str] | None:
        now = time.monotonic()
        ready = [
            (*queue.waiting[0][:2], name)
            for name, queue in self._queues.items()
            if queue.waiting and queue.under_way is None and queue.until <= now
        ]
        return min(ready, default=None)


def rank(row: Outgoing) -> int:
    """Return the priority of a delivery; lower goes first."""
    if row.key or row.notice == CaseOpened.name:
        return 2
    return 1 if row.notice in DESK_NOTICES else 0


def reader_of(row: Outgoing) -> Reader:
    """Return the case and the address of a delivery."""
    return row.case_id, row.recipient


def is_same(row: Outgoing, other: Outgoing) -> bool:
    """Return whether two rows are the same delivery under the same lease, whatever was noted of it since."""
    return (row.id, row.fence) == (other.id, other.fence)
