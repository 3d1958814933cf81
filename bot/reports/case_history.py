"""The history of a part's cases folded for the report: opened, first answered, closed, reopened."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from store.cases.case import SPAM
from store.engine.columns import StoredMoment
from store.report import (
    ANSWERED_AT,
    BREACHES,
    NOTHING_FITTED,
    NUMBER,
    SHOWN,
    ReportEvent,
    ReportPart,
    TouchedCase,
)

DUPLICATE = "duplicate"
_ENDS = ("closed", "merged")
_TURNS = frozenset({*_ENDS, "unmerged", "reopened"})
_COUNTED = frozenset({*BREACHES, "concern raised"})
Closing = tuple[StoredMoment, str]
"""When a case was closed that was not closed before, and the reason."""
Folded = tuple[Sequence[Closing], Sequence[StoredMoment]]
"""A case's closings, and when it was opened again; oldest first."""


class PartHistory:
    """What happened to the cases of a part, by their numbers: only what a case has takes room and time."""

    def __init__(self, part: ReportPart, staff: Mapping[int, str]) -> None:
        """``staff``: names of those whose words are an answer of the desk."""
        self.cases: dict[int, TouchedCase] = {case[NUMBER]: case for case in part.cases}
        self.openings: dict[int, ReportEvent] = {}
        """The first of each: how it came, and when the desk wrote that down."""
        self.answerers: dict[int, str] = {}
        """Who of the desk acted first at the moment of the first answer."""
        self.turns: dict[int, list[ReportEvent]] = defaultdict(list)
        """What closes a case or undoes that; ``folded`` says what counts."""
        self.moments: list[ReportEvent] = []
        """Missed targets and concerns."""
        self.shown: dict[int, list[str]] = defaultdict(list)
        """Titles of the articles that were suggested to the requester."""
        self.unanswered: set[int] = set()
        """None fitted."""
        self._read(part.events, staff)

    def _read(self, events: Iterable[ReportEvent], staff: Mapping[int, str]) -> None:
        cases, openings, answerers = self.cases, self.openings, self.answerers
        for event in events:
            number, at, name, _, person = event
            if number not in cases:
                continue
            if person is not None and person in staff and at == cases[number][ANSWERED_AT]:
                answerers.setdefault(number, staff[person])
            if name == "opened":
                openings.setdefault(number, event)
            elif name in _TURNS:
                self.turns[number].append(event)
            elif name in _COUNTED:
                self.moments.append(event)
            elif name == SHOWN:
                self.shown[number] += json.loads(event[3])["articles"]
            elif name == NOTHING_FITTED:
                self.unanswered.add(number)

    def via(self, number: int) -> str:
        """The channel through which a case was opened, or ``""``."""
        opening = self.openings.get(number)
        return _via(opening[3]) if opening else ""


def folded(turns: Sequence[ReportEvent]) -> Folded:
    """The closings and reopenings of one case; ``turns`` oldest first.

    A closing counts if the case was not closed already. A merger that was undone never closed it, and what
    was closed as spam and accepted after all was neither closed nor reopened.
    """
    if len(turns) == 1:  # as of nearly all cases
        return _closing(turns[0]), ()
    closings: list[Closing] = []
    reopenings: list[StoredMoment] = []
    over = merged = False
    for turn in turns:
        name = turn[2]
        if name in _ENDS and not over:
            closings += _closing(turn)
            over, merged = True, name == "merged"
        elif (name == "unmerged" and merged) or (name == "reopened" and over):
            if merged or closings[-1][1] == SPAM:
                closings.pop()
            else:
                reopenings.append(turn[1])
            over = merged = False
    return closings, reopenings


def _closing(turn: ReportEvent) -> Sequence[Closing]:
    """What a turn closed of a case that is open."""
    _, at, name, detail, _ = turn
    if name == "closed":
        return ((at, _reason(detail)),)
    return ((at, DUPLICATE),) if name == "merged" else ()


@lru_cache(maxsize=2000)
def _via(detail: str) -> str:
    return str(json.loads(detail).get("via", ""))


@lru_cache(maxsize=2000)
def _reason(detail: str) -> str:
    return str(json.loads(detail).get("reason", ""))
