"""Figures of article suggestions, counted from the cases' histories."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.reports.case_history import CaseHistory
from bot.reports.figures import Helped, Suggestions
from store.report import NOTHING_FITTED, SHOWN, TouchedCase

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
    """The most frequent subjects first; those that differ only in capitals are one."""
    counts: dict[str, tuple[str, int]] = {}
    for subject, count in subjects.items():
        name, before = counts.setdefault(subject.casefold(), (subject, 0))
        counts[subject.casefold()] = (name, before + count)
    return tuple(sorted(counts.values(), key=lambda pair: -pair[1]))[:MOST]
