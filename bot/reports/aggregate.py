"""Aggregation: a period's cases, read one after the other, become its figures."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.config.load import Config
from bot.reports.case_history import DUPLICATE, CaseHistory, Closing, answerer, histories
from bot.reports.figures import AGES, Counts, Figures, Moved, OpenCases, Work
from bot.reports.pace_count import PaceCount, WorkClocks
from bot.reports.period import Period
from bot.reports.satisfaction_count import SatisfactionCount
from bot.reports.suggestion_count import SuggestionCount
from store.engine.columns import StoredMoment
from store.report import (
    BREACHES,
    ReportAccount,
    ReportPart,
    TouchedCase,
    WaitingCases,
)

NAMELESS = "none"
"""The name of what has none: a case without a type, an account or an owner."""
STATES = ("new", "open", "waiting", "held")
_NO_ACCOUNT = ReportAccount("", "")


@dataclass(frozen=True, slots=True)
class Rows:
    """The stored rows of a period, which are read once, as they are counted."""

    parts: Iterable[ReportPart]
    deflections: int | None
    accounts: Mapping[int, ReportAccount]
    staff: dict[int, str]
    """Names of those whose words are an answer of the desk."""
    names: Callable[[Sequence[int]], Mapping[int, str]]
    """Names of persons by id."""
    since: StoredMoment
    until: StoredMoment
    steps: Sequence[StoredMoment]
    """When each step of the period begins."""
    solved: Mapping[str, int] = field(default_factory=dict)
    """By the article's title."""
    clicked: Mapping[str, int] = field(default_factory=dict)
    """Likewise."""


def figures(rows: Rows, period: Period, config: Config) -> Figures:
    """All figures of one period."""
    count = _Count(rows, config)
    satisfaction = SatisfactionCount(rows.since, rows.until)
    for part in rows.parts:
        for case, history in histories(part.cases, part.events):
            count.add(case, history)
        satisfaction.add(part)
    return Figures(
        opened=count.opened,
        closed=count.closed,
        reopened=count.reopened,
        breaches=count.breaches,
        answering=count.answering.paces(),
        solving=count.solving.paces(),
        concerns=_counts(count.concerns),
        satisfaction=satisfaction.satisfaction(),
        deflections=rows.deflections,
        types=_counts(count.types),
        categories=_counts(count.categories),
        channels=_counts(count.channels),
        reasons=_counts(count.named_reasons()),
        accounts=count.accounts(),
        owners=count.owners(),
        course=count.course(period),
        suggestions=count.suggestions.suggestions(solved=rows.solved, clicked=rows.clicked),
    )


def backlog(rows: Iterable[WaitingCases]) -> OpenCases:
    """The open cases by age and state."""
    counts = Counter[tuple[int, str]]()
    for row in rows:
        counts[row.age, "held" if row.held else row.state] += row.number
    states = tuple(state for state in STATES if any(state == waiting_state for _, waiting_state in counts))
    by_age = ((name, tuple(counts[age, state] for state in states)) for age, (name, _) in enumerate(AGES))
    return OpenCases(states, tuple(by_age))


class _Count:
    """Counts one period's cases and their events in it."""

    def __init__(self, rows: Rows, config: Config) -> None:
        self._rows = rows
        self._config = config
        self._since, self._until, self._steps = rows.since, rows.until, rows.steps
        clocks = WorkClocks(config)
        self.answering = PaceCount("first_response", config, clocks)
        self.solving = PaceCount("resolution", config, clocks)
        self.suggestions = SuggestionCount()
        self.opened = self.closed = self.reopened = self.breaches = 0
        self.concerns, self.types, self.categories = Counter[str](), Counter[str](), Counter[str]()
        self.channels, self._reasons, self._first = Counter[str](), Counter[str](), Counter[str]()
        self._came, self._went = Counter[int | None](), Counter[int | None]()
        self._handled = Counter[int | None]()
        self._came_in, self._went_in = Counter[int](), Counter[int]()

    def add(self, case: TouchedCase, history: CaseHistory) -> None:
        """Count one case."""
        since, until = self._since, self._until
        _, opened_at, answered_at, first_due_at, _, priority, _, _, account_id, _, _ = case
        if since <= opened_at < until:
            self._add_opened(case, history)
        imported = history.recorded_at is not None and history.recorded_at > opened_at
        if answered_at is not None and since <= answered_at < until and not imported:
            level = self._rows.accounts.get(account_id or 0, _NO_ACCOUNT).level
            self.answering.add(priority, level, since=opened_at, at=answered_at, due_at=first_due_at)
            self._first[answerer(history, self._rows.staff) or NAMELESS] += 1
        ends = [closing for closing in history.closings if since <= closing[0] < until]
        if ends:
            self._add_closings(case, ends)
            if not imported:
                self._add_solution(case, ends, history)
        for at in history.reopenings:
            self.reopened += since <= at < until
        for name, at, detail in history.moments:
            if since <= at < until:
                self._add_moment(name, detail)

    def _add_opened(self, case: TouchedCase, history: CaseHistory) -> None:
        _, opened_at, _, _, _, _, kind, category, account_id, _, subject = case
        self.opened += 1
        self.types[kind or NAMELESS] += 1
        if category:
            self.categories[f"{kind} / {category}"] += 1
        self.channels[history.via or NAMELESS] += 1
        self._came[account_id] += 1
        self._came_in[bisect_right(self._steps, opened_at) - 1] += 1
        if history.shown or history.unanswered:
            self.suggestions.add(subject, history)

    def _add_closings(self, case: TouchedCase, ends: Sequence[Closing]) -> None:
        """Count the closings of a case in the period, in order."""
        account_id, owner_id = case[8:10]
        self.closed += len(ends)
        self._went[account_id] += len(ends)
        self._handled[owner_id] += 1
        for closing in ends:
            self._reasons[closing.reason] += 1
            self._went_in[bisect_right(self._steps, closing.at) - 1] += 1

    def _add_solution(self, case: TouchedCase, ends: Sequence[Closing], history: CaseHistory) -> None:
        """Count the last of the closings that is none of a duplicate.

        The case knows the target of its newest opening alone; earlier ones had one that is not known any more.
        """
        at = next((closing.at for closing in reversed(ends) if closing.reason != DUPLICATE), None)
        if at is None:
            return
        due_at = None if any(again > at for again in history.reopenings) else case[4]
        level = self._rows.accounts.get(case[8] or 0, _NO_ACCOUNT).level
        self.solving.add(case[5], level, since=case[1], at=at, due_at=due_at)

    def _add_moment(self, name: str, detail: str) -> None:
        if name in BREACHES:
            self.breaches += 1
        elif name == "concern raised":
            words: Mapping[str, str] = self._config.lists.concern_categories
            key = str(json.loads(detail).get("category") or "")
            self.concerns[words.get(key, key) or NAMELESS] += 1

    # who

    def named_reasons(self) -> Counter[str]:
        words: Mapping[str, str] = self._config.lists.close_reasons
        named = Counter[str]()
        for reason, count in self._reasons.items():
            named[words.get(reason, reason) or NAMELESS] += count
        return named

    def accounts(self) -> tuple[Moved, ...]:
        came, went = self._by_account(self._came), self._by_account(self._went)
        names = sorted(came | went, key=lambda name: (-came[name], -went[name], name))
        return tuple(Moved(name, came[name], went[name]) for name in names)

    def _by_account(self, counts: Counter[int | None]) -> Counter[str]:
        named = Counter[str]()
        for account_id, count in counts.items():
            named[self._rows.accounts.get(account_id or 0, _NO_ACCOUNT).name or NAMELESS] += count
        return named

    def owners(self) -> tuple[Work, ...]:
        people = self._rows.names([owner for owner in self._handled if owner is not None])
        handled, first = Counter[str](), self._first
        for owner, count in self._handled.items():
            handled[people.get(owner or 0) or NAMELESS] += count
        names = sorted(handled | first, key=lambda name: (-handled[name], -first[name], name))
        return tuple(Work(name, handled[name], first[name]) for name in names)

    def course(self, period: Period) -> tuple[Moved, ...]:
        came, went = self._came_in, self._went_in
        days = enumerate(period.starts())
        return tuple(Moved(f"{day:%Y-%m-%d}", came[step], went[step], day) for step, day in days)


def _counts(names: Counter[str]) -> Counts:
    return tuple(sorted(names.items(), key=lambda pair: (-pair[1], pair[0])))
