"""Payloads of waiting deliveries: some MiB in memory, the rest read when due."""

from __future__ import annotations

from dataclasses import replace

from bot.channel.memory_budget import MemoryBudget, Reservation
from store.engine.database import Database
from store.queues import claim
from store.queues.outbox import Outgoing

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
            return claim.payload_of(tx, row.id)
