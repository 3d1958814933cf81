"""The HTML page of a report, with inline charts, for a browser or for paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import FileSystemLoader

from bot.languages.reader_zone import reading
from bot.render.environment import environment
from bot.render.renderer import SHIPPED
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


def page(report: Report) -> str:
    """The whole page as HTML: no script, nothing loaded from elsewhere."""
    course = report.now.course
    template = environment(FileSystemLoader(SHIPPED / "report")).get_template("page.j2")
    facts = {
        "report": report,
        "days": days(report.period),
        "days_before": days(report.period.before()),
        "headline": summary(report),
        "tiles": tuple(tiles(report)),
        "sheets": {sheet.name: sheet for sheet in sheets(report)},
        "wide": charts.columns(course, report.period, width=980, height=250),
        "slim": charts.columns(course, report.period, width=420, height=230),
        "ages": charts.ages(report.backlog),
        "promises": charts.promises(report.now.answering),
        "solutions": charts.promises(report.now.solving),
        "ratings": charts.ratings(report.now.satisfaction),
        "made": report.at,
        "zone": report.period.zone.key,
    }
    with reading(report.period.zone):
        return template.render(facts)


def tiles(report: Report) -> Iterator[Tile]:
    """The key figures, each compared with the period before."""
    now, before = report.now, report.before
    yield Tile("Opened", str(now.opened), change(now.opened, before.opened))
    yield Tile("Closed", str(now.closed), change(now.closed, before.closed))
    yield Tile("Waiting now", str(report.backlog.total), "")
    first, was = now.answering[0], before.answering[0]
    yield Tile("First answer, median", worked(first.times.median), f"{worked(was.times.median)} before")
    tone = _tone(first.share, was.share)
    yield Tile("First answers in time", share(first.share), f"{share(was.share)} before", tone)
    rating, then = now.satisfaction.mean, before.satisfaction.mean
    yield Tile("Satisfaction, of 5", mean(rating), f"{mean(then)} before", _tone(rating, then))
    missed = _tone(-now.breaches, -before.breaches)
    yield Tile("Targets missed", str(now.breaches), f"{before.breaches} before", missed)
    raised = _tone(-now.raised, -before.raised)
    yield Tile("Concerns", str(now.raised), f"{before.raised} before", raised)


def _tone(now: float | None, before: float | None) -> str:
    """Whether a change is good: more is better."""
    if now is None or before is None or now == before:
        return ""
    return "good" if now > before else "bad"
