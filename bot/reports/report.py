"""The report: a period's figures beside those of the period before, and what waits now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.config.load import Config
from bot.reports.aggregate import Rows, backlog, figures
from bot.reports.figures import Figures, OpenCases, Waits
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
        touched, history = rows.touched(tx, span), rows.history(tx, span)
        return figures(Rows(touched, history, (), None), self.period, self.config)


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
            backlog=backlog(rows.waiting(tx, span), self.at),
            longest=tuple(
                Waits(label(waits.id), waits.subject, waits.priority, waits.owner, self.at - waits.opened_at)
                for waits in longest
            ),
            labels={name: self.config.label_of(name) for name in self.config.profiles},
        )

    def _figures(self, tx: Transaction, period: Period) -> Figures:
        span = self._span(period)
        solved = None if self.account or self.mailbox else self.deflected(tx, span.since, span.until)
        figures_rows = Rows(
            rows.touched(tx, span),
            rows.history(tx, span),
            rows.surveys(tx, span),
            sum(solved.values()) if solved is not None else None,
            solved or {},
            {} if solved is None else click.counts(tx, first=period.first, last=period.last),
        )
        return figures(figures_rows, period, self.config)

    def _span(self, period: Period) -> ReportFilter:
        return ReportFilter(period.since, period.until, self.account, self.mailbox)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The names of all accounts."""

    def answer(self, tx: Transaction) -> tuple[str, ...]:
        return tuple(rows.accounts(tx))


def at_a_glance(report: Report) -> list[tuple[str, str]]:
    """Three figures with their names, each beside the one before where there was one."""
    now, before = report.now, report.before
    first, was = now.answering[0].times.median, before.answering[0].times.median
    missed = (
        f"{now.breaches}, {before.breaches} the week before" if now.breaches or before.breaches else "none"
    )
    return [
        ("Waiting now", f"{cases(report.backlog.total)}{_late(report)}"),
        (
            "First answer",
            f"half within {worked(first)}{f' ({worked(was)} before)' if was else ''}" if first else "",
        ),
        ("Targets missed", missed),
    ]


def _late(report: Report) -> str:
    """How many of those that wait are old."""
    old = sum(sum(counts) for _, counts in report.backlog.ages[-2:])
    return f", {old} of them for more than a week" if old else ""


def summary(report: Report) -> str:
    """What changed, as one would say it: what came and went, and how well promises were kept."""
    now, before = report.now, report.before
    words = [f"{cases(now.opened)} came in ({_beside(now.opened, before.opened)}), and {_closed(now)}."]
    first = now.answering[0]
    if first.share is not None:
        sentence = f"{share(first.share)} of the first answers were in time"
        was = before.answering[0].share
        words.append(f"{sentence}{f' ({share(was)} before)' if was is not None else ''}.")
    answers = now.satisfaction
    if answers.answers:
        who = "1 customer" if answers.answers == 1 else f"{answers.answers} customers"
        words.append(f"{who} gave {mean(answers.mean)} of 5.")
    return " ".join(words)


def _beside(now: int, before: int) -> str:
    if now == before:
        return "as many as before"
    return f"{abs(now - before)} {'more' if now > before else 'fewer'} than before"


def _closed(now: Figures) -> str:
    was = "was" if now.closed == 1 else "were"
    return f"{now.closed} {was} closed" if now.closed else "none was closed"
