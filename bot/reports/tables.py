"""Tables of a report, the same for a terminal and for a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.reports.figures import Counts, Figures, Pace
from bot.reports.format import NONE, age, change, mean, share, step, worked
from bot.reports.report import Report

MOST = 10
"""Rows of what can be many: types, accounts, people."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. The first column has names; the others are figures unless they stand in ``texts``."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: tuple[int, ...] = ()


def sheets(report: Report) -> Iterator[Sheet]:
    """All tables that have something to say, in the order in which one reads them."""
    now = report.now
    yield volume(report)
    yield course(report)
    yield from _full(
        paces("answering", "First answer", now.answering), paces("solving", "Resolution", now.solving)
    )
    yield from _full(backlog(report), longest(report))
    yield from _full(counted("concerns", "Concerns", now.concerns), satisfaction(now))
    yield from _full(counted("reasons", "Closed as", now.reasons), counted("types", "Types", now.types))
    yield from _full(counted("categories", "Types and categories", now.categories))
    yield from _full(articles(now), counted("unanswered", "No article for", now.suggestions.unanswered))
    yield from _full(counted("channels", "Channels", channels(now)), accounts(now), owners(now))


def _full(*some: Sheet) -> Iterator[Sheet]:
    return (sheet for sheet in some if sheet.rows)


def volume(report: Report) -> Sheet:
    """The period's counts beside those before."""
    now, before = report.now, report.before
    figures = zip(_VOLUME, _volume(now), _volume(before), strict=True)
    rows = [(name, str(a), str(b), change(a, b)) for name, a, b in figures]
    kept = ("First answers in time", share(now.answering[0].share), share(before.answering[0].share), "")
    rows = [row for row in rows if row[0] not in _WITH_ARTICLES or row[1:3] != ("0", "0")]
    solved = ("Solved in time", share(now.solving[0].share), share(before.solving[0].share), "")
    rated = ("Satisfaction, of 5", mean(now.satisfaction.mean), mean(before.satisfaction.mean), "")
    return Sheet("volume", "Cases", ("", "Now", "Before", "Change"), (*rows, kept, solved, rated))


_WITH_ARTICLES = ("Shown an article", "No article for it", "Solved by an article")
"""Told where there are articles."""
_VOLUME = ("Opened", "Closed", "Reopened", "Targets missed", "Concerns", *_WITH_ARTICLES)


def _volume(of: Figures) -> tuple[int, ...]:
    cases = (of.opened, of.closed, of.reopened, of.breaches, of.raised)
    return (*cases, of.suggestions.shown, of.suggestions.nothing, of.deflections or 0)


def course(report: Report) -> Sheet:
    """Opened and closed, step by step."""
    period = report.period
    rows = tuple(
        (step(one.start, period), str(one.opened), str(one.closed)) for one in report.now.course if one.start
    )
    return Sheet("course", f"By {period.step}", ("", "Opened", "Closed"), rows)


def paces(name: str, title: str, of: Sequence[Pace]) -> Sheet:
    """First answers, or resolution, by priority and service level."""
    shown = of if len(of) != 2 else of[1:]
    levels = len({one.level for one in of[1:]}) > 1
    rows = tuple(_pace(one, levels=levels) for one in shown if one.times.count)
    return Sheet(name, title, ("Priority", "Cases", "Median", "90 % within", "Target", "In time"), rows)


def _pace(one: Pace, *, levels: bool) -> tuple[str, ...]:
    name = (f"{one.priority}, {one.level}" if levels else one.priority) if one.priority else "All"
    times = (str(one.times.count), worked(one.times.median), worked(one.times.p90))
    return (name, *times, one.target or NONE, share(one.share))


def backlog(report: Report) -> Sheet:
    """What waits now, by age and state."""
    held = report.backlog
    heads = ("Age", *(state.capitalize() for state in held.states), "All")
    rows = [(name, *map(str, counts), str(sum(counts))) for name, counts in held.ages]
    total = ("All", *(str(held.of_state(state)) for state in held.states), str(held.total))
    return Sheet("backlog", "Waiting now", heads, (*rows, total) if held.total else ())


def longest(report: Report) -> Sheet:
    """What waits longest for the desk."""
    rows = tuple(
        (one.case, age(one.age), one.priority, one.owner or NONE, one.subject) for one in report.longest
    )
    heads = ("Case", "Age", "Priority", "Owner", "Subject")
    return Sheet("longest", "Waits longest", heads, rows, texts=(1, 2, 3, 4))


def satisfaction(now: Figures) -> Sheet:
    """How it went, by rating."""
    said = now.satisfaction
    if not (said.answers or said.invited):
        return Sheet("satisfaction", "", (), ())
    rows = [(f"{rating} of 5", str(said.scale[rating - 1])) for rating in range(5, 0, -1)]
    rows += [("Answers", str(said.answers)), ("Mean", mean(said.mean))]
    rows += [("Asked", str(said.invited)), ("Answered, of those asked", share(said.rate))]
    return Sheet("satisfaction", "How it went", ("Rating", "Answers"), tuple(rows))


def counted(name: str, title: str, counts: Counts) -> Sheet:
    """Names and counts; what is beyond ``MOST`` is told together."""
    heads = ("", "Times" if name in ("concerns", "reasons") else "Cases")
    return Sheet(name, title, heads, _most(counts))


CHANNELS = {"email": "Mail", "slack": "Slack", "web": "Web", "cli": "Command line"}


def channels(now: Figures) -> Counts:
    """With names for people; a channel of somebody's own has its own name."""
    return tuple((CHANNELS.get(name, name), count) for name, count in now.channels)


def accounts(now: Figures) -> Sheet:
    """The busiest accounts."""
    rows = [(one.name, one.opened, one.closed) for one in now.accounts]
    return Sheet("accounts", "Accounts", ("Account", "Opened", "Closed"), _most(rows))


def articles(now: Figures) -> Sheet:
    """Those shown most, how often they were opened, and what they solved: the last two of the whole desk only."""
    found = now.suggestions.articles
    if now.deflections is None:
        return Sheet(
            "articles", "Articles", ("Article", "Shown"), _most([(one.name, one.shown) for one in found])
        )
    rows = [(one.name, one.shown, one.clicked, one.solved) for one in found]
    return Sheet("articles", "Articles", ("Article", "Shown", "Clicked", "Solved it"), _most(rows))


def owners(now: Figures) -> Sheet:
    """Who did what."""
    rows = [(one.name, one.handled, one.answers) for one in now.owners]
    return Sheet("owners", "People", ("Owner", "Closed", "First answers"), _most(rows))


def _most(rows: Sequence[tuple[str, *tuple[int, ...]]]) -> tuple[tuple[str, ...], ...]:
    """Names and figures; what is beyond ``MOST`` is told together, so that each column adds up."""
    shown = [(name, *map(str, figures)) for name, *figures in rows[:MOST]]
    if rest := [figures for _, *figures in rows[MOST:]]:
        name = "1 other" if len(rest) == 1 else f"{len(rest)} others"
        shown.append((name, *(str(sum(column)) for column in zip(*rest, strict=True))))
    return tuple(shown)
