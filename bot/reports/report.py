"""The report: a period's figures beside those of the period before, and what waits now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.config.load import Config
from bot.model.translatable import saying, together
from bot.reports.aggregate import Rows, backlog, figures
from bot.reports.figures import AGES, Figures, OpenCases, Waits
from bot.reports.format import cases, mean, share, worked
from bot.reports.period import Period
from bot.syntax.case_numbers import label
from store import report as rows
from store.articles import click, deflection
from store.engine.transaction import Transaction
from store.report import ReportFilter

MOST_WAITING = 5
Deflected = Callable[[Transaction, datetime, datetime], Mapping[str, int]]
"""How often each article solved it between two moments."""


def solved_by_articles(tx: Transaction, since: datetime, until: datetime) -> Mapping[str, int]:
    """How often articles solved something, by title, wherever they were found."""
    solved = Counter[str]()
    for entry in deflection.counts(tx, since=since, until=until):
        solved[entry.title] += entry.count
    return solved


@dataclass(frozen=True, slots=True)
class Report:
    """The report about a desk."""

    desk: str
    """Its name."""
    account: str
    mailbox: str
    """What it is confined to, or empty."""
    at: datetime
    """When it was made."""
    period: Period
    now: Figures
    before: Figures
    backlog: OpenCases
    longest: tuple[Waits, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    """The channels' names for people; one that is not in it has its own."""

    @property
    def empty(self) -> bool:
        """Is there nothing to report?"""
        return not (self.now.opened or self.now.closed or self.backlog.total)


@dataclass(frozen=True, slots=True)
class FiguresOf:
    """The figures of one period alone, of the whole desk."""

    config: Config
    period: Period

    def answer(self, tx: Transaction) -> Figures:
        span = ReportFilter(self.period.since, self.period.until)
        return figures(_rows(tx, span, self.period), self.period, self.config)


@dataclass(frozen=True, slots=True)
class ReportOf:
    """The question for a report; ``account`` and ``mailbox`` restrict it, empty means all."""

    config: Config
    period: Period
    at: datetime
    account: str = ""
    mailbox: str = ""
    deflected: Deflected = solved_by_articles

    def answer(self, tx: Transaction) -> Report:
        before, span = self.period.before(), self._span(self.period)
        longest = rows.longest(tx, span, most=MOST_WAITING)
        return Report(
            desk=self.config.desk.name,
            account=self.account,
            mailbox=self.mailbox,
            at=self.at,
            period=self.period,
            now=self._figures(tx, self.period),
            before=self._figures(tx, before),
            backlog=backlog(rows.waiting(tx, span, opened_after=_ages(self.at))),
            longest=tuple(
                Waits(label(waits.id), waits.subject, waits.priority, waits.owner, self.at - waits.opened_at)
                for waits in longest
            ),
            labels={name: self.config.label_of(name) for name in self.config.profiles},
        )

    def _figures(self, tx: Transaction, period: Period) -> Figures:
        span = self._span(period)
        solved = None if self.account or self.mailbox else self.deflected(tx, span.since, span.until)
        figures_rows = replace(
            _rows(tx, span, period),
            deflections=sum(solved.values()) if solved is not None else None,
            solved=solved or {},
            clicked={} if solved is None else click.counts(tx, first=period.first, last=period.last),
        )
        return figures(figures_rows, period, self.config)

    def _span(self, period: Period) -> ReportFilter:
        return ReportFilter(period.since, period.until, self.account, self.mailbox)


def _rows(tx: Transaction, span: ReportFilter, period: Period) -> Rows:
    """The rows of a period, without articles."""
    since, until = rows.moments(tx, (period.since, period.until))
    return Rows(
        parts=rows.parts(tx, span),
        deflections=None,
        accounts=rows.accounts_by_id(tx),
        staff=rows.staff_names(tx),
        names=lambda persons: rows.names(tx, persons),
        since=since,
        until=until,
        steps=rows.moments(tx, period.beginnings()),
    )


def _ages(at: datetime) -> list[datetime]:
    """What is younger than each of ``AGES`` was opened after one of these moments."""
    return [at - under for _, under in AGES if under != timedelta.max]


@dataclass(frozen=True, slots=True)
class Accounts:
    """The names of all accounts."""

    def answer(self, tx: Transaction) -> tuple[str, ...]:
        return tuple(rows.accounts(tx))


def at_a_glance(report: Report) -> list[tuple[str, str]]:
    """Three figures with their names, each beside the one before where there was one."""
    now, before = report.now, report.before
    first, was = now.answering[0].times.median, before.answering[0].times.median
    missed = saying("none")
    if now.breaches or before.breaches:
        missed = saying(
            "{count}, {before} the week before", count=str(now.breaches), before=str(before.breaches)
        )
    half = "half within {time} ({before} before)" if was else "half within {time}"
    within = saying(half, time=worked(first), before=worked(was)) if first else ""
    return [
        (saying("Waiting now"), _waiting(report)),
        (saying("First answer"), within),
        (saying("Targets missed"), missed),
    ]


def _waiting(report: Report) -> str:
    """How many wait, and how many of them are old."""
    old, waiting = sum(sum(counts) for _, counts in report.backlog.ages[-2:]), cases(report.backlog.total)
    if not old:
        return waiting
    return saying("{cases}, {old} of them for more than a week", cases=waiting, old=str(old))


def summary(report: Report) -> str:
    """What changed, as one would say it: what came and went, and how well promises were kept."""
    now, before = report.now, report.before
    words = [_came(now.opened, before.opened), _closed(now)]
    first, was = now.answering[0].share, before.answering[0].share
    if first is not None:
        pattern = (
            "{share} of the first answers were in time."
            if was is None
            else "{share} of the first answers were in time ({before} before)."
        )
        words.append(saying(pattern, share=share(first), before=share(was)))
    answers = now.satisfaction
    if answers.answers:
        pattern = (
            "1 customer gave {mean} of 5." if answers.answers == 1 else "{count} customers gave {mean} of 5."
        )
        words.append(saying(pattern, count=str(answers.answers), mean=mean(answers.mean)))
    return together(*words)


_CAME = {
    (True, 0): "1 case came in, as many as before.",
    (True, 1): "1 case came in, {difference} more than before.",
    (True, -1): "1 case came in, {difference} fewer than before.",
    (False, 0): "{count} cases came in, as many as before.",
    (False, 1): "{count} cases came in, {difference} more than before.",
    (False, -1): "{count} cases came in, {difference} fewer than before.",
}
"""By whether it is one, and whether there were fewer or more before."""


def _came(now: int, before: int) -> str:
    pattern = _CAME[now == 1, (now > before) - (now < before)]
    return saying(pattern, count=str(now), difference=str(abs(now - before)))


def _closed(now: Figures) -> str:
    pattern = {0: "None was closed.", 1: "1 was closed."}.get(now.closed, "{count} were closed.")
    return saying(pattern, count=str(now.closed))
