"""Trigger ids: an interaction's right to open one modal, within three seconds.

docs.slack.dev: "Handling user interaction", section "Using trigger_id to open modals".
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from rehearsal.slack.wire.wire import SlackError, secret

LIFE = 3.0
"""Seconds."""
ROOM = 10_000
"""So many are remembered, that a late one is told from an unknown one."""


@dataclass(slots=True)
class Trigger:
    """Whose interaction it was, and until when it holds."""

    user: str
    dies: float
    spent: bool = False


class Triggers:
    """Issues and exchanges trigger ids."""

    def __init__(self) -> None:
        self.life = LIFE
        self._all: dict[str, Trigger] = {}
        self._lock = threading.Lock()

    def issue(self, user: str) -> str:
        """A new one, ``123.456.abcdef``."""
        name = f"{time.time_ns() // 1000}.1338.{secret(32)}"
        with self._lock:
            self._all[name] = Trigger(user, time.monotonic() + self.life)
            if len(self._all) > ROOM:
                del self._all[next(iter(self._all))]
        return name

    def exchange(self, name: str) -> str:
        """The user whose it is; raises what ``views.open`` answers for unknown, used and late ones."""
        with self._lock:
            trigger = self._all.get(name)
            if trigger is None:
                raise SlackError("invalid_trigger_id")
            if trigger.spent:
                raise SlackError("exchanged_trigger_id")
            if time.monotonic() > trigger.dies:
                raise SlackError("expired_trigger_id")
            trigger.spent = True
            return trigger.user
