"""The report's figures as they were counted before: from lists of a whole period's rows, each figure by itself."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.config.load import Config
from bot.config.service_levels import STANDARD
from bot.model.translatable import saying
from bot.model.working_time import ROUND_THE_CLOCK, Calendar, Duration, Level, Target
from bot.reports.figures import (
    AGES,
    Comment,
    Counts,
    Figures,
    Helped,
    Moved,
    OpenCases,
    Pace,
    Satisfaction,
    Spread,
    Suggestions,
    Work,
)
from bot.reports.format import worked
from bot.reports.period import Period
from bot.syntax.case_numbers import label
from store.cases.case import SPAM
from store.report import BREACHES, NOTHING_FITTED, SHOWN
from tests.support.data.whole_report_rows import InvitedSurvey, ReportEvent, TouchedCase, WaitingCase

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
            closings.append(Closing(event.at, _reason_of(event)))
            over, merged = True, event.name == "merged"
        elif (event.name == "unmerged" and merged) or (event.name == "reopened" and over):
            if merged or closings[-1].reason == SPAM:
                closings.pop()
            else:
                reopenings.append(event.at)
            over = merged = False
    return tuple(closings), tuple(reopenings)


def _reason_of(event: ReportEvent) -> str:
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


def spread(times: Sequence[timedelta]) -> Spread:
    """Median and ninth decile; empty if there are no times."""
    if not times:
        return Spread(0)
    ordered, count = sorted(times), len(times)
    middle = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    return Spread(count, middle, ordered[-(-count * 9 // 10) - 1])


NAMELESS = "none"
"""The name of what has none: a case without a type, an account or an owner."""
STATES = ("new", "open", "waiting", "held")


@dataclass(frozen=True, slots=True)
class Rows:
    """The stored rows of a period."""

    cases: Sequence[TouchedCase]
    events: Sequence[ReportEvent]
    surveys: Sequence[InvitedSurvey]
    deflections: int | None
    solved: Mapping[str, int] = field(default_factory=dict)
    """By the article's title."""
    clicked: Mapping[str, int] = field(default_factory=dict)
    """Likewise."""


def figures(rows: Rows, period: Period, config: Config) -> Figures:
    """All figures of one period."""
    count = _Count(rows, period, config)
    opened = count.opened()
    closings = list(count.closings())
    return Figures(
        opened=len(opened),
        closed=len(closings),
        reopened=sum(period_has(period, at) for life in count.lives.values() for at in life.reopenings),
        breaches=sum(1 for name in BREACHES for _ in count.events(name)),
        answering=count.answering(),
        solving=count.solving(closings),
        concerns=count.concerns(),
        satisfaction=count.satisfaction(),
        deflections=rows.deflections,
        types=_counts(case.type or NAMELESS for case in opened),
        categories=_counts(f"{case.type} / {case.category}" for case in opened if case.category),
        channels=_counts(count.life(case).via or NAMELESS for case in opened),
        reasons=_counts(_reason(closing, config) for _, closing in closings),
        accounts=count.accounts(opened, closings),
        owners=count.owners(closings),
        course=count.course(opened, closings),
        suggestions=suggestions(opened, count.lives, solved=rows.solved, clicked=rows.clicked),
    )


def period_has(period: Period, at: datetime | None) -> bool:
    return at is not None and period.since <= at < period.until


def backlog(rows: Iterable[WaitingCase], now: datetime) -> OpenCases:
    """The open cases by age and state."""
    counts = Counter((_age(now - row.opened_at), "held" if row.held else row.state) for row in rows)
    states = tuple(state for state in STATES if any(state == waiting_state for _, waiting_state in counts))
    return OpenCases(
        states, tuple((name, tuple(counts[name, state] for state in states)) for name, _ in AGES)
    )


def _age(age: timedelta) -> str:
    return next(name for name, under in AGES if age < under)


Ended = tuple[TouchedCase, Closing]


@dataclass(frozen=True, slots=True)
class Done:
    """Something done for a case: when, and by when it was due."""

    case: TouchedCase
    at: datetime
    due_at: datetime | None


class _Count:
    """Counts one period's cases and their events in it."""

    def __init__(self, rows: Rows, period: Period, config: Config) -> None:
        self._rows = rows
        self._period = period
        self._config = config
        self.lives = by_case(rows.events)

    def life(self, case: TouchedCase) -> CaseHistory:
        return self.lives.get(case.id) or CaseHistory("", None, (), (), ())

    def opened(self) -> list[TouchedCase]:
        return [case for case in self._rows.cases if period_has(self._period, case.opened_at)]

    def closings(self) -> Iterator[Ended]:
        """Each closing in the period with its case; those of one case in order."""
        for case in self._rows.cases:
            ends = self.life(case).closings
            yield from ((case, closing) for closing in ends if period_has(self._period, closing.at))

    def events(self, name: str) -> Iterator[ReportEvent]:
        for life in self.lives.values():
            yield from (event for event in life.moments(name) if period_has(self._period, event.at))

    def concerns(self) -> Counts:
        words: Mapping[str, str] = self._config.lists.concern_categories
        keys = (
            str(json.loads(event.detail).get("category") or "") for event in self.events("concern raised")
        )
        return _counts(words.get(key, key) or NAMELESS for key in keys)

    # times

    def answering(self) -> tuple[Pace, ...]:
        return self._paces(
            "first_response",
            [
                Done(case, case.answered_at, case.first_due_at)
                for case in self._answered()
                if case.answered_at
            ],
        )

    def _answered(self) -> list[TouchedCase]:
        cases = (case for case in self._rows.cases if period_has(self._period, case.answered_at))
        return [case for case in cases if not self._imported(case)]

    def _imported(self, case: TouchedCase) -> bool:
        """Was it recorded later than it was said?"""
        recorded = self.life(case).recorded_at
        return recorded is not None and recorded > case.opened_at

    def solving(self, closings: Iterable[Ended]) -> tuple[Pace, ...]:
        last = {case.id: (case, end) for case, end in closings if end.reason != DUPLICATE}
        ended = [(case, end.at) for case, end in last.values() if not self._imported(case)]
        return self._paces("resolution", [Done(case, at, self._solution_due(case, at)) for case, at in ended])

    def _solution_due(self, case: TouchedCase, at: datetime) -> datetime | None:
        """The target of the case's newest opening, which is all that the case knows; None for earlier ones."""
        again = any(reopened > at for reopened in self.life(case).reopenings)
        return None if again else case.resolve_due_at

    def _paces(self, target: Target, done: Sequence[Done]) -> tuple[Pace, ...]:
        """The pace of all, then by priority and service level, the most urgent first."""
        groups: dict[tuple[str, str], list[Done]] = {}
        for deed in done:
            groups.setdefault((deed.case.priority, self._level(deed.case).name), []).append(deed)
        by_group = [self._pace(target, key, groups[key]) for key in sorted(groups, key=self._rank)]
        return (self._pace(target, ("", ""), done), *by_group)

    def _pace(self, target: Target, key: tuple[str, str], done: Sequence[Done]) -> Pace:
        due = [(deed.at, deed.due_at) for deed in done if deed.due_at]
        level = self._config.levels.get(key[1])
        written = _written(level.targets[target].get(key[0])) if level else ""
        times = spread([self._worked(deed.case, deed.at) for deed in done])
        return Pace(*key, times, len(due), sum(at <= due_at for at, due_at in due), written)

    def _worked(self, case: TouchedCase, until: datetime) -> timedelta:
        return _calendar(self._level(case), case.priority).between(case.opened_at, until)

    def _level(self, case: TouchedCase) -> Level:
        levels = self._config.levels
        return levels.get(case.level, levels[STANDARD])

    def _rank(self, key: tuple[str, str]) -> tuple[int, str, str]:
        priorities = self._config.lists.priorities
        return priorities.index(key[0]) if key[0] in priorities else len(priorities), *key

    # who

    def accounts(self, opened: Iterable[TouchedCase], closings: Iterable[Ended]) -> tuple[Moved, ...]:
        came = Counter(case.account or NAMELESS for case in opened)
        went = Counter(case.account or NAMELESS for case, _ in closings)
        names = sorted(came | went, key=lambda name: (-came[name], -went[name], name))
        return tuple(Moved(name, came[name], went[name]) for name in names)

    def owners(self, closings: Iterable[Ended]) -> tuple[Work, ...]:
        handled = Counter(case.owner or NAMELESS for case in {case.id: case for case, _ in closings}.values())
        who = (self.life(case).answerer(case.answered_at) for case in self._answered() if case.answered_at)
        first = Counter(name or NAMELESS for name in who)
        names = sorted(handled | first, key=lambda name: (-handled[name], -first[name], name))
        return tuple(Work(name, handled[name], first[name]) for name in names)

    def course(self, opened: Iterable[TouchedCase], closings: Iterable[Ended]) -> tuple[Moved, ...]:
        came = Counter(self._period.step_of(case.opened_at) for case in opened)
        went = Counter(self._period.step_of(closing.at) for _, closing in closings)
        return tuple(Moved(f"{day:%Y-%m-%d}", came[day], went[day], day) for day in self._period.starts())

    # what they say

    def satisfaction(self) -> Satisfaction:
        invited = [
            invitation for invitation in self._rows.surveys if period_has(self._period, invitation.invited_at)
        ]
        answers = [
            invitation
            for invitation in self._rows.surveys
            if period_has(self._period, invitation.answered_at)
        ]
        comments = [Comment(label(a.case_id), a.rating, a.comment, a.answered_at)
                for a in answers if a.comment and a.rating and a.answered_at]  # fmt: skip
        counts = Counter(answer.rating for answer in answers)
        return Satisfaction(
            invited=len(invited),
            returned=sum(invitation.rating is not None for invitation in invited),
            scale=tuple(counts[rating] for rating in range(1, 6)),
            comments=tuple(sorted(comments, key=lambda comment: comment.at, reverse=True)),
        )


def _calendar(level: Level, priority: str) -> Calendar:
    return ROUND_THE_CLOCK if priority in level.round_the_clock else level.calendar


def _written(target: Duration | None) -> str:
    if target is None:
        return ""
    return saying("{days} d", days=str(target.days)) if target.days else worked(target.time)


def _reason(closing: Closing, config: Config) -> str:
    words: Mapping[str, str] = config.lists.close_reasons
    return words.get(closing.reason, closing.reason) or NAMELESS


def _counts(names: Iterable[str]) -> Counts:
    return tuple(sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0])))
