"""A case's history folded for the report: opened, first answered, closed, reopened."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from store.cases.case import SPAM
from store.engine.columns import StoredMoment
from store.report import NOTHING_FITTED, SHOWN, ReportEvent, TouchedCase

DUPLICATE = "duplicate"
_TURNS = ("closed", "merged", "unmerged", "reopened")


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing of a case that was not closed before."""

    at: StoredMoment
    reason: str


@dataclass(slots=True)
class CaseHistory:
    """The parts of a case's history that are counted."""

    via: str = ""
    """The channel through which it was opened."""
    recorded_at: StoredMoment | None = None
    """When the desk wrote down that it was opened: later than that, if it is imported history."""
    closings: list[Closing] = field(default_factory=list)
    reopenings: list[StoredMoment] = field(default_factory=list)
    moments: list[tuple[str, StoredMoment, str]] = field(default_factory=list)
    """Of all else, name, moment and detail."""
    shown: set[str] = field(default_factory=set)
    """Titles of the articles that were suggested to the requester."""
    unanswered: bool = False
    """None fitted."""
    at_answer: list[int | None] = field(default_factory=list)
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
            history.at_answer.append(person_id)
        if name == "opened":
            if history.recorded_at is None:
                history.via, history.recorded_at = _via(detail), at
        elif name in _TURNS:
            over, merged = _turned(history, name, at, detail, over=over, merged=merged)
        elif name == SHOWN:
            history.shown.update(json.loads(detail)["articles"])
        elif name == NOTHING_FITTED:
            history.unanswered = True
        else:
            history.moments.append((name, at, detail))
    return history


def _turned(
    history: CaseHistory, name: str, at: StoredMoment, detail: str, *, over: bool, merged: bool
) -> tuple[bool, bool]:
    """Note a closing or what undoes one; whether the case is over after it, and by being merged."""
    if name in ("closed", "merged"):
        if over:
            return over, merged
        history.closings.append(Closing(at, DUPLICATE if name == "merged" else _reason(detail)))
        return True, name == "merged"
    if (name == "unmerged" and merged) or (name == "reopened" and over):
        if merged or history.closings[-1].reason == SPAM:
            history.closings.pop()
        else:
            history.reopenings.append(at)
        return False, False
    return over, merged


@lru_cache(maxsize=2000)
def _via(detail: str) -> str:
    return str(json.loads(detail).get("via", ""))


@lru_cache(maxsize=2000)
def _reason(detail: str) -> str:
    return str(json.loads(detail).get("reason", ""))


def histories(
    cases: Iterable[TouchedCase], events: Iterable[ReportEvent]
) -> Iterator[tuple[TouchedCase, CaseHistory]]:
    """Each case with its history; both in the order of their numbers, and read as they are needed."""
    coming = iter(events)
    event = next(coming, None)
    for case in cases:
        number, own = case[0], list[ReportEvent]()
        while event is not None and event[0] <= number:
            if event[0] == number:
                own.append(event)
            event = next(coming, None)
        yield case, case_history(own, case[2])


def answerer(history: CaseHistory, staff: dict[int, str]) -> str:
    """Who of the desk gave the first answer, or ``""``."""
    return next((staff[person] for person in history.at_answer if person in staff), "")
