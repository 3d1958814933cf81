"""Errors in a door's event loop: logged once a minute for each kind."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from typing import Any

EVERY = 60.0
"""Seconds between two lines about one thing."""
_MOST_KINDS = 100


class LoopFaults:
    """A handler for ``loop.set_exception_handler``; asyncio's own writes a traceback each time."""

    def __init__(self, door: str) -> None:
        self._log = logging.getLogger(door)
        self._next: dict[str, float] = {}
        self._unsaid: Counter[str] = Counter()

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Log one line, or none; with a traceback unless the system lacks resources."""
        error = context.get("exception")
        kind = f"{context.get('message', '')[:80]} ({type(error).__name__})"
        now = time.monotonic()
        if now < self._next.get(kind, 0.0):
            self._unsaid[kind] += 1
            return
        if len(self._next) >= _MOST_KINDS:
            self._next.clear()
        self._next[kind] = now + EVERY
        trace = None if isinstance(error, OSError) else error
        unsaid = self._unsaid.pop(kind, 0)
        self._log.error(
            "%s%s", kind, f", and {unsaid} times since last said" if unsaid else "", exc_info=trace
        )
