"""How long DNS is waited for: the time of one mail, and that of all who stand behind it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import Any

AT_A_TIME = 1.0
"""Seconds that a batch waits; what is not known by then is tried again, and found in the cache."""
SHARE, SAVED = 0.5, 5.0
"""How much of all time may be spent so, and how many seconds of it may be saved up: slow name servers can be had
by the thousand, and one channel's mails are read in one line."""
SOONEST, LATEST = 2.0, 60.0
"""Seconds after which a mail is tried again, at the earliest and at the latest."""
GIVEN_UP = 3600.0
"""Seconds of trying after which a sender is unproven."""
MOST = 20_000
"""Mails whose time is counted."""


class DnsTimeBudget:
    """The time that may be spent waiting for DNS, shared by all mails of a process; thread-safe.

    ``clock``: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._saved, self._counted = SAVED, time.monotonic()
        self._since: dict[int, float] = {}
        self._lock = threading.Lock()

    def wait(self, asking: Sequence[Future[Any]]) -> None:
        """Wait for all of these questions, as long as the budget allows."""
        if not asking:
            return
        begun = time.monotonic()
        self._saved = min(SAVED, self._saved + (begun - self._counted) * SHARE)
        wait(asking, timeout=max(0.0, min(AT_A_TIME, self._saved)))
        self._counted = time.monotonic()
        self._saved -= self._counted - begun

    def again(self, letter: int) -> float | None:
        """Seconds until a mail is tried again, growing each time; None if it was tried for long enough.

        Counted from its first try in this process: a mail that has waited for a day has not been tried for
        one.
        """
        now = self._clock()
        with self._lock:
            if len(self._since) >= MOST:
                self._since = {waiting: at for waiting, at in self._since.items() if at > now - 2 * GIVEN_UP}
            since = self._since.get(letter, now)
            if len(self._since) < MOST:
                self._since[letter] = since
        return None if now - since >= GIVEN_UP else min(LATEST, max(SOONEST, now - since))

    def over(self, letter: int) -> None:
        """Note that a mail no longer waits for DNS."""
        if self._since:
            with self._lock:
                self._since.pop(letter, None)
