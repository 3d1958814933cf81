"""The people's book: what each of them did in Slack, and what Slack told them came of it."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from typing import Literal

from rehearsal.slack.workspace.transcript import Transcript

Kind = Literal[
    "note", "answer", "word", "slash note", "slash reply", "take", "note form", "reply form", "case form"
]
SAID: frozenset[Kind] = frozenset(("note", "answer", "word"))
"""Messages: events that Slack delivers again until they are acked."""
PRESSED: frozenset[Kind] = frozenset(("note form", "reply form", "case form"))
"""Forms: pressed again by their person until they are acked."""
INWARD: frozenset[Kind] = frozenset(("note", "slash note", "note form"))


@dataclass(slots=True)
class Act:
    """One thing that somebody did, with a marker that occurs in it alone."""

    marker: str
    kind: Kind
    user: str
    case: int = 0
    """Its number; 0 for one that opens a case."""
    channel: str = ""
    ts: str = ""
    """Of a message."""
    acked: bool = False
    acked_at: float = 0.0
    """Of a message: when Slack heard so first, in seconds since 1970."""
    refused: str = ""
    """What was said instead of doing it."""
    over: bool = False
    """Nobody tries it any more."""

    @property
    def key(self) -> str:
        """Of a message: the name under which it is kept."""
        return f"m:T0HOME/{self.channel}/{self.ts}"


class Book:
    """Shared by all people; safe between threads."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._read = 0
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._acts: list[Act] = []
        self._acked: dict[str, float] = {}
        self._taken: set[tuple[str, int]] = set()
        self.owned: set[int] = set()
        """Cases that are known to have an owner."""
        self.deliveries = self.acks = 0
        """Of events, commands and interactions alike, every copy and every try."""

    def begin(self, kind: Kind, user: str, case: int = 0) -> Act:
        """Write down what somebody is about to do."""
        act = Act(f"s{next(self._numbers):05d}", kind, user, case)
        with self._lock:
            self._acts.append(act)
        return act

    def may_take(self, user: str, case: int) -> bool:
        """True once for each: so a second *taken* of theirs can only be a second effect."""
        with self._lock:
            first = (user, case) not in self._taken
            self._taken.add((user, case))
        return first

    def acts(self) -> list[Act]:
        """All of them so far, with the acks that Slack has heard until now."""
        with self._lock:
            self._hear()
            for act in self._acts:
                act.acked = act.acked or act.ts in self._acked
                act.acked_at = self._acked.get(act.ts, 0.0)
            return list(self._acts)

    def _hear(self) -> None:
        entries = self._transcript.entries("delivery", since=self._read)
        for entry in entries:
            self._read = entry["seq"]
            self.deliveries += 1
            self.acks += entry["acked"]
            if entry["acked"] and entry["ts"]:
                self._acked.setdefault(entry["ts"], entry["at"])
