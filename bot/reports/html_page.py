"""The HTML page of a report, with inline charts, for a browser or for paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import FileSystemLoader

from bot.languages.reader_zone import reading
from bot.model.translatable import in_words, localized, saying
from bot.render.environment import environment
from bot.render.translations import SHIPPED
from bot.reports import charts
from bot.reports.format import change, days, mean, share, worked
from bot.reports.report import Report, summary
from bot.reports.tables import sheets


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure; ``tone``: is its change ``good``, ``bad``, or neither?"""

    name: str
    value: str
    change: str
    tone: str = ""


def page(report: Report, words: Mapping[str, str] = {}, *, language: str = "en") -> str:
    """The whole page as HTML: no script, nothing loaded from elsewhere.

    ``words``: what our English sentences are in its ``language``; English without.
    """
    course = report.now.course

    def say(pattern: str, **values: str) -> str:
        return in_words(saying(pattern, **values), words)

    def drawn(width: float, height: float) -> charts.Columns:
        return charts.columns(course, report.period, width=width, height=height, words=words)

    template = environment(FileSystemLoader(SHIPPED / "report")).get_template("page.j2")
    facts = {
        "days": days(report.period),
        "days_before": days(report.period.before()),
        "headline": summary(report),
        "tiles": tuple(tiles(report)),
        "wide": drawn(980, 250),
        "slim": drawn(420, 230),
        "ages": charts.ages(report.backlog),
        "promises": charts.promises(report.now.answering),
        "solutions": charts.promises(report.now.solving),
        "ratings": charts.ratings(report.now.satisfaction),
        "made": report.at,
    }
    with reading(report.period.zone):
        return template.render(
            {name: localized(value, words) for name, value in facts.items()},
            report=report,
            sheets={sheet.name: localized(sheet, words) for sheet in sheets(report)},
            zone=report.period.zone.key,
            say=say,
            states={**charts.STATES, **charts.MOVES},
            language=language,
        )


def tiles(report: Report) -> Iterator[Tile]:
    """The key figures, each compared with the period before."""
    now, before = report.now, report.before
    yield Tile(saying("Cases opened"), str(now.opened), change(now.opened, before.opened))
    yield Tile(saying("Cases closed"), str(now.closed), change(now.closed, before.closed))
    yield Tile(saying("Waiting now"), str(report.backlog.total), "")
    first, was = now.answering[0], before.answering[0]
    yield Tile(saying("First answer, median"), worked(first.times.median), _before(worked(was.times.median)))
    tone = _tone(first.share, was.share)
    yield Tile(saying("First answers in time"), share(first.share), _before(share(was.share)), tone)
    rating, then = now.satisfaction.mean, before.satisfaction.mean
    yield Tile(saying("Satisfaction, of 5"), mean(rating), _before(mean(then)), _tone(rating, then))
    missed = _tone(-now.breaches, -before.breaches)
    yield Tile(saying("Targets missed"), str(now.breaches), _before(str(before.breaches)), missed)
    raised = _tone(-now.raised, -before.raised)
    yield Tile(saying("Concerns"), str(now.raised), _before(str(before.raised)), raised)


def _before(value: str) -> str:
    return saying("{value} before", value=value)


def _tone(now: float | None, before: float | None) -> str:
    """Whether a change is good: more is better."""
    if now is None or before is None or now == before:
        return ""
    return "good" if now > before else "bad"
