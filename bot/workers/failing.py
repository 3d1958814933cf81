"""Track failing deliveries and decide when later ones may overtake them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from store.queues.outbox import EarlierDelivery, Outgoing

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
TRIES = 5
"""Attempts after which an unknown refusal is final, if other messages are delivered meanwhile."""
HOLDS = 60.0
"""Seconds for which a failing delivery holds back later ones about the same case to the same recipient."""
JUST_NOW = 2.0
"""Seconds after a failed attempt in which a later delivery may find out whether the channel works at all."""
MOST = 10_000
"""Failing deliveries that are remembered; beyond them, those that failed first are forgotten."""


@dataclass(slots=True)
class Failing:
    """The state of a failing delivery in this process; times are Unix seconds."""

    since: float
    """From when on it holds back later deliveries; an outage before does not count."""
    last: float
    """The moment of its last failed attempt."""
    due: float = 0.0
    """The moment of its next attempt."""
    tries: int = 1
    """Failed attempts, without those since whose predecessor nothing else was delivered."""
    alone: bool = False
    """Whether other messages were delivered between its attempts, and none has failed since."""
    probe: int = 0
    """The later delivery that was tried since its last attempt, though nothing else showed that the channel works."""
    reported: bool = False

    def held(self, now: float) -> float:
        """Return the seconds for which it still holds back later deliveries; not positive: no longer."""
        self.since = min(self.since, now)  # a clock may be set back
        return self.since + HOLDS - now

    def is_to_be_reported(self, now: float) -> bool:
        """Return, once, whether a delivery fails alone and holds back others no longer."""
        due = self.alone and self.held(now) <= 0 and not self.reported
        self.reported = self.reported or due
        return due


class FailingDeliveries:
    """Knows what fails in this process, or was seen to fail in another one. Safe between threads."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._failing: dict[int, Failing] = {}
        self._delivered: dict[str, float] = {}
        """When each channel last took a message; cards and reactions do not count."""
        self._latest: dict[str, tuple[int, float]] = {}
        """Of each channel, the delivery that failed last, and when."""
        self._lock = Lock()

    def failed(self, row: Outgoing) -> Failing:
        """Note a failed attempt; return what is known of the delivery."""
        with self._lock:
            return self._note(row, self._now() if row.attempts <= 1 else row.created_at.timestamp())

    def ended(self, row: Outgoing, *, sent: bool) -> list[int]:
        """Note that a delivery was made, or given up; return those that it has overtaken first of all."""
        with self._lock:
            self._failing.pop(row.id, None)
            if not sent or row.key:
                return []
            self._delivered[row.channel] = self._now()
            overtaken = {id: failing for id, failing in self._failing.items() if failing.probe == row.id}
            unreported = [id for id, failing in overtaken.items() if not failing.reported]
            for failing in overtaken.values():
                failing.alone = failing.reported = True
            return unreported

    def seconds_until_allowed(self, row: Outgoing, earlier: Sequence[EarlierDelivery]) -> float | None:
        """Return the seconds until a delivery may be tried that comes after ``earlier`` ones; None: now.

        One that has failed for a minute is overtaken if it fails alone. If that is not known, one later delivery
        finds out, directly after the other one has failed again: during an outage the order stays.
        """
        now, seen = self._now(), list[Failing]()
        with self._lock:
            for each in earlier:
                wait = each.wait.total_seconds()
                if each.failing_since is None:
                    return wait
                failing = self._known(each.id, each.failing_since.timestamp())
                if not failing.due:
                    failing.due = now + wait
                elif abs(failing.due - now - wait) > 1:  # it failed in another process
                    failing.last, failing.probe, failing.due = now, 0, now + wait
                if (held := failing.held(now)) > 0:
                    return min(wait, held)
                now_or_long = now < failing.last + JUST_NOW or wait > HOLDS
                if not failing.alone and not (now_or_long and failing.probe in (0, row.id)):
                    return min(wait, HOLDS)
                seen.append(failing)
            for failing in seen:
                failing.probe = row.id
        return None

    def put_off(self, row: Outgoing, seconds: float) -> float:
        """Return the seconds until a delivery is tried again: not before those that it overtook in vain."""
        with self._lock:
            dues = [failing.due for failing in self._failing.values() if failing.probe == row.id]
            seconds = max(seconds, min(max(dues, default=0.0) - self._now(), HOLDS))
            if failing := self._failing.get(row.id):
                failing.due = self._now() + seconds
        return seconds

    def _known(self, row_id: int, since: float) -> Failing:
        while row_id not in self._failing and len(self._failing) >= MOST:
            del self._failing[next(iter(self._failing))]
        return self._failing.setdefault(row_id, Failing(since, since))

    def _note(self, row: Outgoing, since: float) -> Failing:
        now, failing = self._now(), self._known(row.id, since)
        other, moment = self._latest.get(row.channel, (row.id, 0.0))
        self._latest[row.channel] = row.id, now
        if self._delivered.get(row.channel, 0.0) > failing.last:
            failing.since = failing.since if failing.alone else failing.last
            failing.alone = True
            failing.tries += 1
        elif other != row.id and moment > failing.last:
            failing.alone = False
        failing.last, failing.probe = now, 0
        return failing


def backoff(attempts: int) -> timedelta:
    """Return the wait after this many attempts.

    It is a random part of a minute, doubled up to four hours, and at least 15 seconds.
    """
    longest: timedelta = min(FIRST_WAIT * 2 ** min(max(attempts, 1) - 1, 20), LONGEST_WAIT)
    return max(longest * random.random(), FIRST_WAIT / 4)  # noqa: S311 - spreads load, guards nothing
