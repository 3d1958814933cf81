"""A case's history folded for the report: opened, first answered, closed, reopened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from store.cases.case import SPAM
from store.engine.columns import StoredMoment
from store.report import BREACHES, NOTHING_FITTED, SHOWN, ReportEvent, TouchedCase

DUPLICATE = "duplicate"
_TURNS = frozenset({"closed", "merged", "unmerged", "reopened"})
_COUNTED = frozenset({*BREACHES, "concern raised"})


class Closing(NamedTuple):
    """A closing of a case that was not closed before."""

    at: StoredMoment
    reason: str


class CaseHistory:
    """The parts of a case's history that are counted; lists of what few cases have are made when needed."""

    __slots__ = (
        "answerers",
        "closings",
        "moments",
        "recorded_at",
        "reopenings",
        "shown",
        "unanswered",
        "via",
    )

    def __init__(self) -> None:
        self.via = ""
        """The channel through which it was opened."""
        self.recorded_at: StoredMoment | None = None
        """When the desk wrote down that it was opened: later than that, if it is imported history."""
        self.closings: tuple[Closing, ...] = ()
        self.reopenings: tuple[StoredMoment, ...] = ()
        self.moments: tuple[tuple[str, StoredMoment, str], ...] = ()
        """Of all else, name, moment and detail."""
        self.shown: tuple[str, ...] = ()
        """Titles of the articles that were suggested to the requester."""
        self.unanswered = False
        """None fitted."""
        self.answerers: tuple[int | None, ...] = ()
        """Who acted at the moment of the first answer."""


def case_history(events: Iterable[ReportEvent], answered_at: StoredMoment | None) -> CaseHistory:
    """The history of one case; ``events`` oldest first.

    A closing counts if the case was not closed already. A merger that was undone never closed it, and what
    was closed as spam and accepted after all was neither closed nor reopened.
    """
    history = CaseHistory()
    over = merged = False
    for _, at, name, detail, person_id in events:
        if at == answered_at:
            history.answerers += (person_id,)
        if name == "opened":
            if history.recorded_at is None:
                history.via, history.recorded_at = _via(detail), at
        elif name in _TURNS:
            over, merged = _turned(history, name, at, detail, over=over, merged=merged)
        elif name in _COUNTED:
            history.moments += ((name, at, detail),)
        elif name == SHOWN:
            history.shown += (*json.loads(detail)["articles"],)
        elif name == NOTHING_FITTED:
            history.unanswered = True
    return history


def _turned(
    history: CaseHistory, name: str, at: StoredMoment, detail: str, *, over: bool, merged: bool
) -> tuple[bool, bool]:
    """Note a closing or what undoes one; whether the case is over after it, and by being merged."""
    if name in ("closed", "merged"):
        if over:
            return over, merged
        history.closings += (Closing(at, DUPLICATE if name == "merged" else _reason(detail)),)
        return True, name == "merged"
    if (name == "unmerged" and merged) or (name == "reopened" and over):
        if merged or history.closings[-1].reason == SPAM:
            history.closings = history.closings[:-1]
        else:
            history.reopenings += (at,)
        return False, False
    return over, merged


@lru_cache(maxsize=2000)
def _via(detail: str) -> str:
    return str(json.loads(detail).get("via", ""))


@lru_cache(maxsize=2000)
def _reason(detail: str) -> str:
    return str(json.loads(detail).get("reason", ""))


def histories(
    cases: Iterable[TouchedCase], events: Sequence[ReportEvent]
) -> Iterator[tuple[TouchedCase, CaseHistory]]:
    """Each case with its history; both in the order of their numbers."""
    begin, end = 0, len(events)
    for case in cases:
        number = case[0]
        while begin < end and events[begin][0] < number:
            begin += 1
        after = begin
        while after < end and events[after][0] == number:
            after += 1
        yield case, case_history(events[begin:after], case[2])
        begin = after


def answerer(history: CaseHistory, staff: dict[int, str]) -> str:
    """Who of the desk gave the first answer, or ``""``."""
    return next((staff[person] for person in history.answerers if person in staff), "")
