"""Which articles were suggested to whom, counted case by case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from bot.reports.case_history import PartHistory
from bot.reports.figures import Helped, Suggestions
from store.report import NUMBER, SUBJECT, TouchedCase

MOST = 1000
"""Subjects and articles that are named."""


class SuggestionCount:
    """Counts the suggestions for newly opened cases."""

    def __init__(self) -> None:
        self._cases = 0
        self._shown = Counter[str]()
        self._nothing = Counter[str]()

    def add(self, case: TouchedCase, history: PartHistory) -> None:
        """Count one case that was opened."""
        if shown := history.shown.get(case[NUMBER]):
            self._cases += 1
            self._shown.update({*shown})
        if case[NUMBER] in history.unanswered:
            self._nothing[" ".join(case[SUBJECT].split())] += 1

    def suggestions(self, *, solved: Mapping[str, int], clicked: Mapping[str, int]) -> Suggestions:
        """The figures. ``solved``, ``clicked``: how often each article did, or was, by its title."""
        shown = self._shown
        names = sorted(
            {*shown, *clicked, *solved},
            key=lambda name: (-shown[name], -clicked.get(name, 0), -solved.get(name, 0), name),
        )
        return Suggestions(
            shown=self._cases,
            nothing=self._nothing.total(),
            articles=tuple(
                Helped(name, shown[name], clicked.get(name, 0), solved.get(name, 0)) for name in names[:MOST]
            ),
            unanswered=_alike(self._nothing),
        )


def _alike(subjects: Counter[str]) -> tuple[tuple[str, int], ...]:
    """The most frequent first; those that differ in capitals only are one."""
    counts: dict[str, tuple[str, int]] = {}
    for subject, count in subjects.items():
        name, before = counts.setdefault(subject.casefold(), (subject, 0))
        counts[subject.casefold()] = (name, before + count)
    return tuple(sorted(counts.values(), key=lambda pair: -pair[1]))[:MOST]
