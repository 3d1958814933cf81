"""Bridges concurrent futures to asyncio, with one wake-up per batch."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from concurrent.futures import Future
from typing import Any


class FutureBridge:
    """Brings results of other threads into the event loop with one wake-up per group.

    ``asyncio.wrap_future`` wakes the loop for each result, and a group of the writer's has many.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._finished: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()
        self._woken = False

    def of(self, future: Future[Any]) -> asyncio.Future[Any]:
        """The loop's own future with the same result; cancelling it cancels the other."""
        mine: asyncio.Future[Any] = self._loop.create_future()
        mine.add_done_callback(lambda done: done.cancelled() and future.cancel())
        future.add_done_callback(lambda done: self._enqueue(mine, done))
        return mine

    def _enqueue(self, mine: asyncio.Future[Any], done: Future[Any]) -> None:
        self._finished.append((mine, done))
        if not self._woken:
            self._woken = True
            with contextlib.suppress(RuntimeError):  # the loop is closed, and nobody waits
                self._loop.call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        self._woken = False  # first: what is finished from now on wakes the loop again
        while self._finished:
            mine, done = self._finished.popleft()
            if mine.done():
                continue
            if done.cancelled():
                mine.cancel()
            elif error := done.exception():
                mine.set_exception(error)
            else:
                mine.set_result(done.result())
