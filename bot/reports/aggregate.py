"""Aggregation: a period's cases, read one after the other, become its figures."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter

from bot.config.load import Config
from bot.reports.case_history import DUPLICATE, PartHistory, folded
from bot.reports.figures import AGES, Counts, Figures, Moved, OpenCases, Work
from bot.reports.pace_count import PaceCount, WorkClocks
from bot.reports.period import Period
from bot.reports.satisfaction_count import SatisfactionCount
from bot.reports.suggestion_count import SuggestionCount
from store.engine.columns import StoredMoment
from store.report import (
    ACCOUNT,
    BREACHES,
    CATEGORY,
    NUMBER,
    OPENED_AT,
    OWNER,
    PRIORITY,
    RESOLVE_DUE_AT,
    TYPE,
    ReportAccount,
    ReportEvent,
    ReportPart,
    TouchedCase,
    WaitingCases,
)

NAMELESS = "none"
"""The name of what has none: a case without a type, an account or an owner."""
STATES = ("new", "open", "waiting", "held")
Ended = tuple[StoredMoment, str, int | None]
"""A closing in the period: when, why, and whose case it was, by account."""
_NO_ACCOUNT = ReportAccount("", "")
_NUMBER, _OPENED_AT, _ACCOUNT = itemgetter(NUMBER), itemgetter(OPENED_AT), itemgetter(ACCOUNT)
_KIND = itemgetter(TYPE, CATEGORY)


@dataclass(frozen=True, slots=True)
class Rows:
    """The stored rows of a period, which are read once, as they are counted."""

    parts: Iterable[ReportPart]
    deflections: int | None
    accounts: Mapping[int, ReportAccount]
    staff: Mapping[int, str]
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
        history = PartHistory(part, rows.staff)
        count.add(history)
        satisfaction.add(part.surveys, history.cases)
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
        types=_counts(count.types()),
        categories=_counts(count.categories()),
        channels=_counts(count.vias()),
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
    """Counts one period's cases and their events in it.

    What every case has is counted column by column: of a million cases each step here is a tenth of a second.
    """

    def __init__(self, rows: Rows, config: Config) -> None:
        self._rows = rows
        self._config = config
        self._since, self._until, self._steps = rows.since, rows.until, rows.steps
        self._levels: dict[int | None, str] = {
            number: account.level for number, account in rows.accounts.items()
        }
        self._clocks = clocks = WorkClocks(config)
        self.answering = PaceCount("first_response", config, clocks)
        self.solving = PaceCount("resolution", config, clocks)
        self.suggestions = SuggestionCount()
        self.opened = self.closed = self.reopened = self.breaches = 0
        self._kinds = Counter[tuple[str, str]]()
        self.concerns, self._vias = Counter[str](), Counter[str]()
        self._reasons, self._first = Counter[str](), Counter[str | None]()
        self._came, self._went = Counter[int | None](), Counter[int | None]()
        self._handled = Counter[int | None]()
        self._came_in, self._went_in = Counter[int](), Counter[int]()

    def add(self, history: PartHistory) -> None:
        """Count the cases of a part."""
        since, until, levels = self._since, self._until, self._levels
        cases, answerers = history.cases, history.answerers
        imported = {
            number for number, opening in history.openings.items() if opening[1] > cases[number][OPENED_AT]
        }
        self._add_opened([case for case in cases.values() if since <= case[OPENED_AT] < until], history)
        first = []
        for number, opened_at, answered_at, due_at, _, priority, _, _, account_id, _, _ in cases.values():
            if answered_at is not None and since <= answered_at < until and number not in imported:
                level = levels.get(account_id, "")
                self.answering.add(priority, level, since=opened_at, at=answered_at, due_at=due_at)
                first.append(answerers.get(number))
        self._first.update(first)
        ended: list[Ended] = []
        for number, turns in history.turns.items():
            ended += self._ended(cases[number], turns, imported=number in imported)
        if ended:
            self._add_ended(ended)
        for _, at, name, detail, _ in history.moments:
            if since <= at < until:
                self._add_moment(name, detail)
        self._clocks.look_up()

    def _add_opened(self, cases: Sequence[TouchedCase], history: PartHistory) -> None:
        self.opened += len(cases)
        self._kinds.update(map(_KIND, cases))
        self._came.update(map(_ACCOUNT, cases))
        self._came_in.update(map(bisect_right, repeat(self._steps), map(_OPENED_AT, cases)))
        self._vias.update(map(history.via, map(_NUMBER, cases)))
        if history.shown or history.unanswered:
            for case in cases:
                self.suggestions.add(case, history)

    def _ended(self, case: TouchedCase, turns: Sequence[ReportEvent], *, imported: bool) -> list[Ended]:
        """The closings of a case in the period; its reopenings and its solution are counted.

        It is solved by the last closing that is none of a duplicate. The case knows the target of its newest
        opening alone; earlier ones had one that is not known any more.
        """
        since, until = self._since, self._until
        closings, reopenings = folded(turns)
        for at in reopenings:
            self.reopened += since <= at < until
        account_id = case[ACCOUNT]
        ended = [(at, reason, account_id) for at, reason in closings if since <= at < until]
        if ended:
            self._handled[case[OWNER]] += 1
        for at, reason, _ in () if imported else reversed(ended):
            if reason != DUPLICATE:
                due_at = None if reopenings and reopenings[-1] > at else case[RESOLVE_DUE_AT]
                level = self._levels.get(account_id, "")
                self.solving.add(case[PRIORITY], level, since=case[OPENED_AT], at=at, due_at=due_at)
                break
        return ended

    def _add_ended(self, ended: Sequence[Ended]) -> None:
        moments, reasons, accounts = zip(*ended, strict=True)
        self.closed += len(ended)
        self._reasons.update(reasons)
        self._went.update(accounts)
        self._went_in.update(map(bisect_right, repeat(self._steps), moments))

    def _add_moment(self, name: str, detail: str) -> None:
        if name in BREACHES:
            self.breaches += 1
        elif name == "concern raised":
            words: Mapping[str, str] = self._config.lists.concern_categories
            key = str(json.loads(detail).get("category") or "")
            self.concerns[words.get(key, key) or NAMELESS] += 1

    # what

    def types(self) -> Counter[str]:
        """By type."""
        return _summed((kind or NAMELESS, count) for (kind, _), count in self._kinds.items())

    def categories(self) -> Counter[str]:
        """By type and category, of those that have one."""
        kinds = self._kinds.items()
        return _summed((f"{kind} / {category}", count) for (kind, category), count in kinds if category)

    def vias(self) -> Counter[str]:
        """By channel."""
        return _summed((via or NAMELESS, count) for via, count in self._vias.items())

    # who

    def named_reasons(self) -> Counter[str]:
        words: Mapping[str, str] = self._config.lists.close_reasons
        return _summed(
            (words.get(reason, reason) or NAMELESS, count) for reason, count in self._reasons.items()
        )

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
        first = _summed((name or NAMELESS, count) for name, count in self._first.items())
        handled = _summed(
            (people.get(owner or 0) or NAMELESS, count) for owner, count in self._handled.items()
        )
        names = sorted(handled | first, key=lambda name: (-handled[name], -first[name], name))
        return tuple(Work(name, handled[name], first[name]) for name in names)

    def course(self, period: Period) -> tuple[Moved, ...]:
        came, went = self._came_in, self._went_in
        days = enumerate(period.starts(), 1)  # before the first, there is none
        return tuple(Moved(f"{day:%Y-%m-%d}", came[step], went[step], day) for step, day in days)


def _summed(counts: Iterable[tuple[str, int]]) -> Counter[str]:
    """Counts by name; those of one name are one."""
    named = Counter[str]()
    for name, count in counts:
        named[name] += count
    return named


def _counts(names: Counter[str]) -> Counts:
    return tuple(sorted(names.items(), key=lambda pair: (-pair[1], pair[0])))
