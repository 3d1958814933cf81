"""Killing: what the two benches that kill a house have in common."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from bench.support.databases import Look

DRAINED_IN = 180.0
"""Seconds in which a casebot that is left alone must settle something, until nothing waits (leases are 20)."""

Book = TypeVar("Book")
Windows = TypeVar("Windows")
Promises = TypeVar("Promises", bound="Broken")


class Broken(Protocol):
    """Promises, compared with what is in the store."""

    broken: list[str]


class Killable(Protocol):
    """A house in a process of its own."""

    def kill(self) -> None: ...


@dataclass
class Result(Generic[Book, Windows, Promises]):
    """What came of it; ``broken``: a sentence for each promise that was."""

    book: Book
    windows: Windows
    promises: Promises
    kills: int
    seconds: float
    drained: bool
    exit_code: int
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.broken = list(self.promises.broken)
        if not self.drained:
            self.broken.insert(
                0, f"not drained: something waits, and nothing was settled for {DRAINED_IN:.0f} s"
            )
        if self.exit_code:
            self.broken.append(f"after SIGTERM its exit code was {self.exit_code}")

    @property
    def verdict(self) -> list[str]:
        """The last lines of a report."""
        kept = f"{len(self.broken)} PROMISES BROKEN" if self.broken else "every promise kept"
        return [*self.broken[:50], kept]


class WindowCounts:
    """Counts the kills that caught something in a window, and what they caught, each thing once."""

    def __init__(self, windows: Iterable[str]) -> None:
        self._caught: dict[str, set[object]] = {window: set() for window in windows}
        self.kills: Counter[str] = Counter()

    def caught(self, window: str) -> int:
        """Return how many different things were caught in a window."""
        return len(self._caught[window])

    def _note(self, window: str, caught: Set[object]) -> None:
        self.kills[window] += bool(caught - self._caught[window])
        self._caught[window] |= caught


def die(house: Killable, look: Look) -> None:
    """``kill -9``, and until the database has noticed."""
    house.kill()
    deadline = time.monotonic() + 10
    while look.others() and time.monotonic() < deadline:
        time.sleep(0.005)  # the server rolls back what its dead client had begun


def drained(look: Look) -> bool:
    """Return whether everything was settled; wait while the number changes within ``DRAINED_IN`` seconds."""
    waiting, deadline = look.waiting(), time.monotonic() + DRAINED_IN
    while waiting and time.monotonic() < deadline:
        time.sleep(0.2)
        if (now := look.waiting()) != waiting:  # a message that is worked off leaves several deliveries
            waiting, deadline = now, time.monotonic() + DRAINED_IN
    return not waiting
