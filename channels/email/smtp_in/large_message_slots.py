"""Slots for large messages: a few at once; a slow sender loses its slot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.channel.memory_budget import MemoryBudget, NoMemory, Reservation

T = TypeVar("T")
SOON = 0.05
"""Seconds that are not worth waiting for any more."""
FULL = "421 4.3.2 We are taking other large mails just now; please try again in a few minutes"
DAWDLED = "421 4.4.2 The message came in too slowly; please try again later, or send it without its files"


class NoSlot(Exception):
    """There was no slot, or it was lost; in words for the client."""


class LargeMessageSlots:
    """The slots for large messages, and how long clients may wait for one or hold one."""

    def __init__(self, count: int, memory: MemoryBudget) -> None:
        self.free = asyncio.Semaphore(count)
        self.memory = memory
        self.patience = 60.0
        """Seconds that a mail waits for a slot."""
        self.grace = 60.0
        """Seconds that a sender who has one may fall behind ``least``."""
        self.least = 8000
        """Bytes a second: an ISDN line's."""


class Slot:
    """One message's slot: none until it is ``taken``."""

    def __init__(self, slots: LargeMessageSlots) -> None:
        self._slots = slots
        self.taken = False
        self._memory: Reservation | None = None
        self._left = slots.grace
        """Seconds by which its sender may still fall behind."""
        self._counted = 0
        """Bytes that count already, of what comes next."""

    @property
    def room(self) -> int:
        """Bytes of memory that are reserved."""
        return self._memory.size if self._memory else 0

    @property
    def has_all(self) -> bool:
        """Is the whole memory budget reserved for it? Then it is enough, however large the message is."""
        return self.room >= self._slots.memory.size

    async def take(self, size: int) -> bool:
        """Wait for a slot, and for memory for so many bytes in all; False if none came free in time.

        What it had is given back first: several that each kept a part, and waited for the rest, would wait
        for each other. So those that wait for more hold some bytes beyond the budget.
        """
        self._give_back()
        try:
            async with asyncio.timeout(self._slots.patience):
                self.taken = self.taken or await self._slots.free.acquire()
                self._memory = await self._slots.memory.reserved(size, patience=self._slots.patience)
        except (TimeoutError, NoMemory):
            return False
        return True

    def leave(self) -> None:
        """Give the slot back, if it is taken."""
        self._give_back()
        if self.taken:
            self.taken = False
            self._slots.free.release()

    def _give_back(self) -> None:
        if self._memory is not None:
            self._memory.release()
            self._memory = None

    async def hear(
        self, chunk: Callable[[], Awaitable[tuple[bytes, T]]], waiting: Callable[[], int]
    ) -> tuple[bytes, T]:
        """The next chunk; ``waiting`` returns how many bytes of it are there.

        ``chunk`` may be interrupted and begun anew. Raises ``NoSlot`` if the client holds a slot longer
        than any line would need.
        """
        if not self.taken:
            return await chunk()
        while self._left > SOON:
            began = time.monotonic()
            try:
                async with asyncio.timeout(self._left):
                    piece = await chunk()
            except TimeoutError:
                self._count(waiting(), time.monotonic() - began)
                continue
            self._count(len(piece[0]), time.monotonic() - began)
            self._counted = 0
            return piece
        raise NoSlot(DAWDLED)

    def _count(self, come: int, waited: float) -> None:
        """Charge waiting time against the bytes received; a fast client gains some, up to a limit."""
        earned = (come - self._counted) / self._slots.least
        self._left = min(self._slots.grace, self._left - waited + earned)
        self._counted = come
