"""Tables of a report, the same for a terminal and for a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.model.identity import OPERATOR
from bot.model.translatable import saying
from bot.reports import charts
from bot.reports.aggregate import NAMELESS
from bot.reports.figures import Counts, Figures, Pace
from bot.reports.format import NONE, age, change, mean, share, step, worked
from bot.reports.period import Period
from bot.reports.report import Report

MOST = 10
"""Rows of what can be many: types, accounts, people."""
PART = "{step} (part)"
"""Behind a week or month of which only a part belongs to the period."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. The first column has names; the others have figures unless they are in ``texts``."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: tuple[int, ...] = ()


def sheets(report: Report) -> Iterator[Sheet]:
    """All tables that have content, in reading order."""
    now = report.now
    yield volume(report)
    yield course(report)
    yield from _full(
        paces("answering", saying("First answer"), now.answering),
        paces("solving", saying("Resolution"), now.solving),
    )
    yield from _full(backlog(report), longest(report))
    yield from _full(counted("concerns", saying("Concerns"), now.concerns), satisfaction(now))
    yield from _full(
        counted("reasons", saying("Closed as"), now.reasons), counted("types", saying("Types"), now.types)
    )
    yield from _full(counted("categories", saying("Types and categories"), now.categories))
    yield from _full(
        articles(now), counted("unanswered", saying("No article for"), now.suggestions.unanswered)
    )
    yield from _full(counted("channels", saying("Channels"), channels(report)), accounts(now), owners(now))


def _full(*tables: Sheet) -> Iterator[Sheet]:
    return (sheet for sheet in tables if sheet.rows)


def volume(report: Report) -> Sheet:
    """The period's counts beside those before."""
    now, before = report.now, report.before
    figures = zip(_VOLUME, _volume(now), _volume(before), strict=True)
    rows = [(saying(name), str(a), str(b), change(a, b)) for name, a, b in figures]
    answered = (
        saying("First answers in time"),
        share(now.answering[0].share),
        share(before.answering[0].share),
        "",
    )
    rows = [row for row in rows if row[0] not in _WITH_ARTICLES or row[1:3] != ("0", "0")]
    solved = (saying("Solved in time"), share(now.solving[0].share), share(before.solving[0].share), "")
    rated = (saying("Satisfaction, of 5"), mean(now.satisfaction.mean), mean(before.satisfaction.mean), "")
    heads = _heads("", "Now", "Before", "Change")
    return Sheet("volume", saying("Cases"), heads, (*rows, answered, solved, rated))


def _heads(*names: str) -> tuple[str, ...]:
    return tuple(saying(name) for name in names)


_WITH_ARTICLES = ("Shown an article", "No article for it", "Solved by an article")
"""Told where there are articles."""
_VOLUME = ("Cases opened", "Cases closed", "Reopened", "Targets missed", "Concerns", *_WITH_ARTICLES)


def _volume(of: Figures) -> tuple[int, ...]:
    cases = (of.opened, of.closed, of.reopened, of.breaches, of.raised)
    return (*cases, of.suggestions.shown, of.suggestions.nothing, of.deflections or 0)


_BY = {"day": saying("By day"), "week": saying("By week"), "month": saying("By month")}


def course(report: Report) -> Sheet:
    """Opened and closed cases, step by step."""
    period = report.period
    rows = tuple(
        (
            _step(moved.start, period),
            str(moved.opened),
            str(moved.closed),
        )
        for moved in report.now.course
        if moved.start
    )
    return Sheet("course", _BY[period.step], _heads("", "Cases opened", "Cases closed"), rows)


def _step(start: date, period: Period) -> str:
    return saying(PART, step=step(start, period)) if period.partial(start) else step(start, period)


def paces(name: str, title: str, of: Sequence[Pace]) -> Sheet:
    """First answers, or resolutions, by priority and service level."""
    shown = of if len(of) != 2 else of[1:]
    levels = len({pace.level for pace in of[1:]}) > 1
    rows = tuple(_pace(pace, levels=levels) for pace in shown if pace.times.count)
    heads = _heads("Priority", "Cases", "Median", "90 % within", "Target", "In time")
    return Sheet(name, title, heads, rows)


def _pace(pace: Pace, *, levels: bool) -> tuple[str, ...]:
    name = charts.named(pace.priority, pace.level if levels else "") if pace.priority else saying("All")
    times = (str(pace.times.count), worked(pace.times.median), worked(pace.times.p90))
    return (name, *times, pace.target or NONE, share(pace.share))


def backlog(report: Report) -> Sheet:
    """The open cases now, by age and state."""
    waiting = report.backlog
    heads = _heads("Age", *(charts.STATES[state] for state in waiting.states), "All")
    rows = [(saying(name), *map(str, counts), str(sum(counts))) for name, counts in waiting.ages]
    total = (saying("All"), *(str(waiting.of_state(state)) for state in waiting.states), str(waiting.total))
    return Sheet("backlog", saying("Waiting now"), heads, (*rows, total) if waiting.total else ())


def longest(report: Report) -> Sheet:
    """The cases that have waited longest for the desk."""
    rows = tuple(
        (waits.case, age(waits.age), saying(waits.priority), waits.owner or NONE, waits.subject)
        for waits in report.longest
    )
    heads = _heads("Case", "Age", "Priority", "Owner", "Subject")
    return Sheet("longest", saying("Waits longest"), heads, rows, texts=(1, 2, 3, 4))


def satisfaction(now: Figures) -> Sheet:
    """The survey answers by rating."""
    survey_results = now.satisfaction
    if not (survey_results.answers or survey_results.invited):
        return Sheet("satisfaction", "", (), ())
    rows = [
        (saying("{rating} of 5", rating=str(rating)), str(survey_results.scale[rating - 1]))
        for rating in range(5, 0, -1)
    ]
    rows += [(saying("Answers"), str(survey_results.answers)), (saying("Mean"), mean(survey_results.mean))]
    rows += [(saying("Asked"), str(survey_results.invited))]
    rows += [(saying("Answered, of those asked"), share(survey_results.rate))]
    return Sheet("satisfaction", saying("How it went"), _heads("Rating", "Answers"), tuple(rows))


def counted(name: str, title: str, counts: Counts) -> Sheet:
    """Names and counts; those beyond ``MOST`` are added up in one row."""
    heads = _heads("", "Times" if name in ("concerns", "reasons") else "Cases")
    ours = name in (
        "concerns",
        "reasons",
    )  # of the desk's lists; an operator's or a customer's words are theirs
    rows = [(saying(text) if ours and text != NAMELESS else _name(text), count) for text, count in counts]
    return Sheet(name, title, heads, _most(rows))


def channels(report: Report) -> Counts:
    """With names for people."""
    labels = {OPERATOR.channel: saying("Command line"), **report.labels}
    return tuple((labels.get(name, name), count) for name, count in report.now.channels)


def accounts(now: Figures) -> Sheet:
    """The busiest accounts."""
    rows = [(_name(account.name), account.opened, account.closed) for account in now.accounts]
    return Sheet(
        "accounts", saying("Accounts"), _heads("Account", "Cases opened", "Cases closed"), _most(rows)
    )


def _name(name: str) -> str:
    """A name; ours, where there is none."""
    return saying("not given") if name == NAMELESS else name


def articles(now: Figures) -> Sheet:
    """The articles shown most, and for the whole desk only, how often opened and what they solved."""
    shown = now.suggestions.articles
    if now.deflections is None:
        return Sheet(
            "articles",
            saying("Articles"),
            _heads("Article", "Shown"),
            _most([(article.name, article.shown) for article in shown]),
        )
    rows = [(article.name, article.shown, article.clicked, article.solved) for article in shown]
    heads = _heads("Article", "Shown", "Clicked", "Solved it")
    return Sheet("articles", saying("Articles"), heads, _most(rows))


def owners(now: Figures) -> Sheet:
    """The table of each person's work."""
    rows = [
        (saying("nobody") if owner.name == NAMELESS else owner.name, owner.handled, owner.answers)
        for owner in now.owners
    ]
    return Sheet("owners", saying("People"), _heads("Owner", "Cases closed", "First answers"), _most(rows))


def _most(rows: Sequence[tuple[str, *tuple[int, ...]]]) -> tuple[tuple[str, ...], ...]:
    """Names and figures; those beyond ``MOST`` are added up in one row, so that each column adds up."""
    shown = [(name, *map(str, figures)) for name, *figures in rows[:MOST]]
    if others := [figures for _, *figures in rows[MOST:]]:
        name = saying("1 other") if len(others) == 1 else saying("{count} others", count=str(len(others)))
        shown.append((name, *(str(sum(column)) for column in zip(*others, strict=True))))
    return tuple(shown)
