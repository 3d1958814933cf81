"""Waiting deliveries: the backlog of a channel, the order within a thread, and their bytes."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import replace

from bot.channel.memory_budget import MemoryBudget, Reservation
from bot.workers.parking import Parking, Reader, is_same, rank, reader_of
from store.engine.database import Database
from store.queues import outbox_body
from store.queues.outbox import Outgoing


class Backlog:
    """Waiting deliveries in three priorities; safe between threads.

    First what customers wait for, then what the desk is told, then refreshes and new cases. Deliveries to one
    reader about one case keep their order. What is parked takes part once its destination's pause is over.
    """

    def __init__(self) -> None:
        self._lines: tuple[deque[Outgoing], ...] = (deque(), deque(), deque())
        self._waiting: Counter[tuple[int, Reader]] = Counter()
        """How many deliveries wait in which line for whom."""
        self._parking = Parking()
        self._news = threading.Condition()
        self._closed = False

    def __len__(self) -> int:
        """How many deliveries wait, without those that are parked."""
        return sum(map(len, self._lines))

    @property
    def parked(self) -> int:
        """How many deliveries wait for the pause of a destination to be over."""
        return len(self._parking)

    def park(self, name: str, rows: Sequence[Outgoing], *, seconds: float) -> None:
        """Keep deliveries to one reader, in their order, until the limit ``name`` allows the first one."""
        with self._news:
            for row in rows:
                if not self._parking.join(row):
                    self._parking.put(name, row, seconds=seconds)
            self._news.notify_all()  # each thread that waits may have to wait less long

    def join(self, row: Outgoing) -> bool:
        """Park a delivery behind earlier ones to its reader about the same case; return whether any is parked."""
        with self._news:
            return self._parking.join(row)

    def freed(self, row: Outgoing) -> None:
        """Note that a delivery is finished: the next one of its queue may go."""
        with self._news:
            if self._parking.freed(row):
                self._news.notify_all()

    def put(self, row: Outgoing) -> None:
        """Add a delivery."""
        with self._news:
            reader = reader_of(row)
            before = (line for line in range(len(self._lines)) if self._waiting[line, reader])
            line = max(rank(row), *before, 0)
            self._lines[line].append(row)
            self._waiting[line, reader] += 1
            self._news.notify()

    def get(self) -> Outgoing | None:
        """The next delivery, waiting for one if necessary; None once closed."""
        with self._news:
            while not self._closed:
                if (row := self._next()) is not None:
                    return row
                self._news.wait(self._parking.seconds())
            return None

    def close(self) -> None:
        """End all waiting; what is left stays in the outbox."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def _next(self) -> Outgoing | None:
        line = next((number for number, rows in enumerate(self._lines) if rows), len(self._lines))
        if (parked := self._parking.pop(line)) is not None:
            return parked
        return self._of_line(line) if line < len(self._lines) else None

    def _of_line(self, line: int) -> Outgoing:
        row = self._lines[line].popleft()
        place = (line, reader_of(row))
        self._waiting[place] -= 1
        if not self._waiting[place]:
            del self._waiting[place]
        return row


class DeliveryOrder:
    """Decides which delivery follows which within a lane; safe between threads.

    The lane ``""`` has no order: all may go at once.
    """

    def __init__(self) -> None:
        self._queues: dict[str, deque[Outgoing]] = {}
        self._lock = threading.Lock()

    def enter(self, lane: str, row: Outgoing) -> bool:
        """Queue behind older deliveries of the lane; True if none is before this one."""
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
            line = self._queues.get(lane, deque())
            place = next((place for place, other in enumerate(line) if is_same(other, row)), None)
            if place is None:
                return None
            del line[place]
            if not line:
                del self._queues[lane]
                return None
            return line[0] if place == 0 else None

    def clear(self, lane: str, recipient: str) -> list[Outgoing]:
        """Remove and return everything behind the first that goes to ``recipient``."""
        with self._lock:
            line = self._queues.get(lane) or deque()
            behind = [row for row in list(line)[1:] if not row.key and row.recipient == recipient]
            for row in behind:
                line.remove(row)
            return behind


IN_MEMORY = 8 << 20
"""Bytes of waiting deliveries that are held in memory."""


class Payloads:
    """Limits the bytes that waiting deliveries hold in memory. Safe between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._memory = MemoryBudget(IN_MEMORY)
        self._held: dict[int, Reservation] = {}

    def light(self, row: Outgoing) -> Outgoing:
        """The row as it waits: without its bytes if there is no room for them."""
        if not row.payload:
            return row
        fits = len(row.payload) < self._memory.size
        reserved = self._memory.try_reserve(len(row.payload)) if fits else None
        if reserved is None:
            return replace(row, payload=None)
        self.unload(row)  # it was taken up anew
        self._held[row.id] = reserved
        return row

    def unload(self, row: Outgoing) -> None:
        """Free the bytes of a row that waits no longer."""
        if reserved := self._held.pop(row.id, None):
            reserved.release()

    def of(self, row: Outgoing) -> bytes:
        """The bytes of a row, from memory or from the store."""
        if row.payload is not None:
            return row.payload
        with self._database.reading() as tx:
            return outbox_body.bytes_of(tx, row.id)
