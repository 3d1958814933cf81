"""The memory budget: bytes of large mails, forms and pictures that all channels hold at once."""

from __future__ import annotations

import ctypes
import threading
from collections import deque
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

IN_ALL = 72 << 20
"""Bytes of mails, forms and pictures that all channels of a process may hold."""
FROM_THE_SYSTEM = 256 * 1024
"""Bytes from which memory is had from the system by itself, and is the system's again as soon as it is free."""
_M_MMAP_THRESHOLD = -3  # malloc.h


class NoMemory(Exception):
    """Not enough bytes became free while the caller would wait: ask the sender to come back."""


class MemoryBudget:
    """Bytes to be reserved and released, from any thread and any event loop.

    Waiters are served in order, so that a large request is not passed by for ever; only ``try_reserve`` of
    somebody who would not wait fails meanwhile. What is larger than the whole budget gets all of it.
    """

    def __init__(self, size: int = IN_ALL) -> None:
        self.size = size
        self._free = size
        self._waiting: deque[_Waiter] = deque()
        self._lock = threading.Lock()

    @property
    def free(self) -> int:
        """Bytes that nobody has reserved."""
        return self._free

    def try_reserve(self, size: int) -> Reservation | None:
        """Reserve so many bytes at once; None if they are not free, or others wait already."""
        with self._lock:
            wanted = min(size, self.size)
            if self._waiting or wanted > self._free:
                return None
            self._free -= wanted
            return Reservation(self, wanted)

    async def reserved(self, size: int, *, patience: float) -> Reservation:
        """Reserve so many bytes, waiting at most ``patience`` seconds; ``NoMemory`` after that.

        ``async with asyncio.timeout`` around it, or a cancelled task, loses no bytes.
        """
        import asyncio  # not above: the children that read mail have no event loop, and start quicker without

        waiter = self._queue_up(size)
        if waiter.granted.done():
            return waiter.granted.result()
        try:
            async with asyncio.timeout(patience):
                return await asyncio.shield(asyncio.wrap_future(waiter.granted))
        except TimeoutError:
            self._give_up(waiter)
            raise NoMemory from None
        except asyncio.CancelledError:
            self._give_up(waiter)
            raise

    def _queue_up(self, size: int) -> _Waiter:
        waiter = _Waiter(min(size, self.size), Future())
        with self._lock:
            self._waiting.append(waiter)
        self._serve()
        return waiter

    def _give_up(self, waiter: _Waiter) -> None:
        """Stop waiting; what was granted at this very moment is given back."""
        if not waiter.granted.cancel():
            with suppress(CancelledError):
                waiter.granted.result().release()
        self._serve()

    def _serve(self) -> None:
        """Grant what can be granted, in order."""
        while (waiter := self._next()) is not None:
            waiter.granted.set_result(Reservation(self, waiter.size))

    def _next(self) -> _Waiter | None:
        with self._lock:
            while self._waiting:
                first = self._waiting[0]
                if not first.granted.cancelled() and first.size > self._free:
                    return None
                self._waiting.popleft()
                if first.granted.set_running_or_notify_cancel():
                    self._free -= first.size
                    return first
            return None

    def _take_back(self, size: int) -> None:
        with self._lock:
            self._free += size
        self._serve()


@dataclass(frozen=True, slots=True)
class _Waiter:
    size: int
    granted: Future[Reservation]


class Reservation:
    """Bytes that are reserved until ``release``, or the end of a ``with`` block."""

    def __init__(self, budget: MemoryBudget, size: int) -> None:
        self._budget = budget
        self.size = size
        """What it holds now."""

    def release(self) -> None:
        """Give the bytes back; a second time does nothing."""
        size, self.size = self.size, 0
        if size:
            self._budget._take_back(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def give_back_at_once() -> None:
    """Return large memory to the system when it is freed; glibc would keep more after each large mail."""
    with suppress(AttributeError, OSError):  # another C library has ways of its own
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, FROM_THE_SYSTEM)
