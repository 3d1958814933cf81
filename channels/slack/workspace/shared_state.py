"""State that all processes of casebot share: small values in the store, read again every few seconds.

Slack tells each thing to one process only ("Socket Mode": each payload goes to any one of the connections), and what it
told of channels concerns all of them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

log = structlog.get_logger("slack")
RECENT = 2.0
"""Seconds for which a value that was read holds."""
MOST = 10_000
"""Values in memory; then all of them are read again."""
Remember = Callable[[str, Mapping[str, Any] | None], Mapping[str, Any] | None]
"""``ChannelContext.remember``."""
Value = Mapping[str, Any]


class SharedState:
    """Values by name, one row each: no process overwrites another's. Safe between threads."""

    def __init__(self, remember: Remember) -> None:
        self._remember = remember
        self._read: dict[str, tuple[float, Value]] = {}
        """Name → until when (monotonic) its value holds, and the value."""
        self._lock = threading.Lock()

    def get(self, name: str) -> Value:
        """The value, a few seconds old at most; empty if there is none."""
        with self._lock:
            until, value = self._read.get(name, (0.0, {}))
        return value if time.monotonic() < until else self.fresh(name)

    def fresh(self, name: str) -> Value:
        """The value as it is in the store; while that cannot be read, the one that was read last."""
        try:
            value = self._remember(name, None) or {}
        except Exception as error:
            log.warning("shared state could not be read", name=name, error=type(error).__name__)
            with self._lock:
                return self._read.get(name, (0.0, {}))[1]
        self._keep(name, value)
        return value

    def put(self, name: str, value: Value) -> None:
        """Write a value, durably; raises what keeps it from that."""
        self._remember(name, value)
        self._keep(name, value)

    def _keep(self, name: str, value: Value) -> None:
        with self._lock:
            if len(self._read) >= MOST:
                self._read.clear()
            self._read[name] = time.monotonic() + RECENT, value
