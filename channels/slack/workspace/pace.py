"""The pace of calls: what Slack refused with a pause is asked for evenly for a while.

docs.slack.dev, "Rate limits": tiers count by method, workspace and app; messages are about one a second in a channel,
with short bursts allowed. So nothing is held back before Slack first says 429, and afterwards a call each interval.
Look-ups are the exception: each process counts its own, and does not use up their limit alone.
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
    "chat.postEphemeral": 0.65,
    "reactions.remove": 3.1,
}
"""Seconds between two calls while a method is paced: a little more than its tier asks for."""
USUAL = 1.25
QUIET = 60.0
"""Seconds after which an unused method is no longer paced."""
LOOKUPS = ("conversations.replies", "conversations.history")
LOOKUPS_A_MINUTE, READ_BACK_A_MINUTE = 45, 22
"""Maximum calls of each per minute in this process (Tier 3 allows 50), and those of them that read back."""


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
        self._made = [
            {method: deque[float](maxlen=most) for method in LOOKUPS}
            for most in (LOOKUPS_A_MINUTE, READ_BACK_A_MINUTE)
        ]
        """The times of the latest look-ups, and of those that read back."""

    def take(self, method: str, channel: str, *, reads_back: bool = False) -> float:
        """Return the seconds to wait before the call; 0: it may be made now, and the slot is taken."""
        now = self._clock()
        with self._lock:
            counts = self._made[: 1 + reads_back] if method in LOOKUPS else []
            full = [made[method][0] for made in counts if len(made[method]) == made[method].maxlen]
            if full and max(full) + 60 > now:
                return max(full) + 60 - now
            wait = self._slot(name_of(method, channel), INTERVALS.get(method, USUAL), now)
            for made in counts if not wait else ():
                made[method].append(now)
            return wait

    def wait(self, method: str, channel: str) -> float:
        """Return the seconds until the next call; takes no slot."""
        slot = self._slots.get(name_of(method, channel))
        return max(slot.next - self._clock(), 0.0) if slot else 0.0

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
