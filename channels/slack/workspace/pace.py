"""The pace of calls: what Slack refused with a pause is asked for evenly for a while.

docs.slack.dev, "Rate limits": tiers count by method, workspace and app; messages are about one a second in a channel,
with short bursts allowed. So nothing is held back before Slack first says 429, and afterwards a call each interval.
Look-ups are the exception: they are counted, and never use up their limit.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

BY_CHANNEL = ("chat.postMessage",)
"""Methods whose limit holds in each channel apart."""
INTERVALS = {
    "chat.postMessage": 1.05,
    "chat.update": 1.25,
    "conversations.info": 1.25,
    "conversations.open": 1.25,
    "conversations.history": 1.25,
    "conversations.replies": 1.25,
    "chat.postEphemeral": 0.65,
    "reactions.remove": 3.1,
}
"""Seconds between two calls while a method is paced: a little more than its tier asks for."""
USUAL = 1.25
QUIET = 60.0
"""Seconds after which an unused method is no longer paced."""
LOOKUPS = ("conversations.replies", "conversations.history")
LOOKUPS_A_MINUTE = 45
"""Calls of each that are made within a minute at most: fewer than their tier allows (Tier 3, 50)."""


@dataclass(slots=True)
class CallSlot:
    """When (monotonic) the next call of a method may be made, while it is paced."""

    next: float
    used: float


class Paces:
    """Paces of methods, where need be by channel. Safe between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._slots: dict[str, CallSlot] = {}
        self._lock = threading.Lock()
        self._made: dict[str, deque[float]] = {name: deque(maxlen=LOOKUPS_A_MINUTE) for name in LOOKUPS}
        """When the look-ups of the last minute were made."""

    def take(self, name: str, interval: float, lookups: int = LOOKUPS_A_MINUTE) -> float:
        """Return the seconds to wait before the call; 0: it may be made now, and the slot is taken.

        ``lookups``: how many look-ups within a minute leave room for this one.
        """
        now = self._clock()
        with self._lock:
            made = self._made.get(name, ())
            if len(made) >= lookups and made[-lookups] + 60 > now:
                return made[-lookups] + 60 - now
            wait = self._slot(name, interval, now)
            if name in self._made and not wait:
                self._made[name].append(now)
            return wait

    def _slot(self, name: str, interval: float, now: float) -> float:
        slot = self._slots.get(name)
        if slot is None:
            return 0.0
        if now < slot.next:
            return slot.next - now
        if now - slot.used > QUIET:
            del self._slots[name]
            return 0.0
        slot.next, slot.used = max(slot.next + interval, now), now
        return 0.0

    def refused(self, name: str, seconds: float) -> None:
        """Note that Slack asked for a pause of so many seconds."""
        now = self._clock()
        with self._lock:
            self._slots[name] = CallSlot(now + seconds, now + seconds)


def name_of(method: str, channel: str) -> str:
    """What a limit counts: a method, or a method in a channel."""
    return f"{method} {channel}" if method in BY_CHANNEL else method


def interval_of(method: str) -> float:
    """Seconds between two calls of a paced method."""
    return INTERVALS.get(method, USUAL)
