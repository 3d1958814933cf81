"""A case's history folded for the report: opened, first answered, closed, reopened."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.reports.figures import Helped, Suggestions
from store.cases.case import SPAM
from store.report import NOTHING_FITTED, SHOWN, ReportEvent, TouchedCase

DUPLICATE = "duplicate"
NO_DESK = ("", "contact", "clock")
"""Roles of those whose words are no answer of the desk."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing of a case that was not closed before."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class CaseHistory:
    """The parts of a case's history that are counted."""

    via: str
    """The channel through which it was opened."""
    recorded_at: datetime | None
    """When the desk wrote down that it was opened: later than that, if it is imported history."""
    closings: tuple[Closing, ...]
    reopenings: tuple[datetime, ...]
    events: Sequence[ReportEvent]

    def moments(self, name: str) -> Iterable[ReportEvent]:
        """The events of this name."""
        return (event for event in self.events if event.name == name)

    def answerer(self, at: datetime) -> str:
        """Who of the desk acted at this moment, or ``""``."""
        return next((e.person for e in self.events if e.at == at and e.role not in NO_DESK), "")


def case_history(events: Sequence[ReportEvent]) -> CaseHistory:
    """The history of one case; ``events`` oldest first."""
    opened = next((event for event in events if event.name == "opened"), None)
    closings, reopenings = _turns(events)
    via = str(json.loads(opened.detail).get("via", "")) if opened else ""
    return CaseHistory(via, opened.at if opened else None, closings, reopenings, events)


def _turns(events: Sequence[ReportEvent]) -> tuple[tuple[Closing, ...], tuple[datetime, ...]]:
    """The closings and reopenings of a case.

    A closing counts if the case was not closed already. A merger that was undone never closed it, and what
    was closed as spam and accepted after all was neither closed nor reopened.
    """
    closings: list[Closing] = []
    reopenings: list[datetime] = []
    over = merged = False
    for event in events:
        if event.name in ("closed", "merged") and not over:
            closings.append(Closing(event.at, _reason(event)))
            over, merged = True, event.name == "merged"
        elif (event.name == "unmerged" and merged) or (event.name == "reopened" and over):
            if merged or closings[-1].reason == SPAM:
                closings.pop()
            else:
                reopenings.append(event.at)
            over = merged = False
    return tuple(closings), tuple(reopenings)


def _reason(event: ReportEvent) -> str:
    return DUPLICATE if event.name == "merged" else str(json.loads(event.detail).get("reason", ""))


def by_case(events: Iterable[ReportEvent]) -> dict[int, CaseHistory]:
    """The histories of all cases by number; the events are grouped by case already."""
    grouped: dict[int, list[ReportEvent]] = {}
    for event in events:
        grouped.setdefault(event.case_id, []).append(event)
    return {number: case_history(rows) for number, rows in grouped.items()}


MOST = 1000
"""Subjects and articles that are named."""


def suggestions(
    opened: Sequence[TouchedCase],
    lives: Mapping[int, CaseHistory],
    *,
    solved: Mapping[str, int],
    clicked: Mapping[str, int],
) -> Suggestions:
    """The suggestions for newly opened cases.

    ``solved``, ``clicked``: how often an article solved a case or was clicked, by its title.
    """
    shown, nothing = Counter[str](), Counter[str]()
    cases = 0
    for case in opened:
        events = lives[case.id].events if case.id in lives else ()
        titles = [
            title for event in events if event.name == SHOWN for title in json.loads(event.detail)["articles"]
        ]
        shown.update(dict.fromkeys(titles, 1))
        cases += bool(titles)
        if any(event.name == NOTHING_FITTED for event in events):
            nothing[" ".join(case.subject.split())] += 1
    names = sorted(
        {*shown, *clicked, *solved},
        key=lambda name: (-shown[name], -clicked.get(name, 0), -solved.get(name, 0), name),
    )
    return Suggestions(
        shown=cases,
        nothing=nothing.total(),
        articles=tuple(
            Helped(name, shown[name], clicked.get(name, 0), solved.get(name, 0)) for name in names[:MOST]
        ),
        unanswered=_alike(nothing),
    )


def _alike(subjects: Counter[str]) -> tuple[tuple[str, int], ...]:
    """The most frequent first; those that differ in capitals only are one."""
    counts: dict[str, tuple[str, int]] = {}
    for subject, count in subjects.items():
        name, before = counts.setdefault(subject.casefold(), (subject, 0))
        counts[subject.casefold()] = (name, before + count)
    return tuple(sorted(counts.values(), key=lambda pair: -pair[1]))[:MOST]
