"""Rate limits: a token bucket for each method, and for each channel where Slack counts so.

docs.slack.dev: "Rate limits": Tier 1 to 4 per method, workspace and app; ``chat.postMessage`` one a second in a
channel, with bursts tolerated; ``429`` and ``Retry-After`` in seconds.
"""

from __future__ import annotations

import math
import threading
import time

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Calls a minute."""
METHODS = {
    "chat.update": 3,
    "chat.delete": 3,
    "conversations.info": 3,
    "conversations.replies": 3,
    "conversations.history": 3,
    "conversations.open": 3,
    "reactions.add": 3,
    "reactions.remove": 2,
    "apps.connections.open": 3,
    "views.open": 4,
    "views.update": 4,
    "views.push": 4,
    "views.publish": 4,
    "users.info": 4,
    "users.lookupByEmail": 3,
    "chat.postEphemeral": 4,
    "files.getUploadURLExternal": 4,
    "files.completeUploadExternal": 4,
    "files.delete": 3,
    "files.info": 4,
}
BURST = 5
"""Messages that a channel takes at once before one a second holds."""


class Buckets:
    """Token buckets for Slack's rate limits; thread-safe."""

    def __init__(self) -> None:
        self._full: dict[tuple[str, str], tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait(self, method: str, channel: str) -> int:
        """Take a token; returns 0, or the seconds to wait."""
        rate, size, place = _limit(method, channel)
        if not rate:
            return 0
        now = time.monotonic()
        with self._lock:
            tokens, then = self._full.get((method, place), (size, now))
            tokens = min(size, tokens + (now - then) * rate)
            taken = 1.0 if tokens >= 1 else 0.0
            self._full[method, place] = (tokens - taken, now)
        return 0 if taken else max(1, math.ceil((1 - tokens) / rate))


def _limit(method: str, channel: str) -> tuple[float, float, str]:
    """Tokens a second, the bucket's size, and the place it stands for."""
    if method == "chat.postMessage":
        return 1.0, BURST, channel
    if method not in METHODS:
        return 0.0, 0.0, ""
    per_minute = TIERS[METHODS[method]]
    return per_minute / 60, per_minute, ""
