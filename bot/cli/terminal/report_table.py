"""A report's tables as lines for a terminal of eighty columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from bot.cli.terminal.output import clean, cut, width
from bot.model.translatable import in_words, localized, saying
from bot.reports.format import days
from bot.reports.report import Report
from bot.reports.tables import Sheet, sheets

ROOM = 80
NAMES = 34
"""Columns for the names in the first column, at most."""
GAP = "  "


def lines(report: Report, words: Mapping[str, str] = {}) -> Iterator[str]:
    """The whole report, bold where a section begins; ``words``: what our English ones are in its language."""

    def say(pattern: str, **values: str) -> str:
        return in_words(saying(pattern, **values), words)

    period = in_words(days(report.period), words)
    of = " · ".join(
        filter(None, (report.desk, report.account, report.mailbox, period, report.period.zone.key))
    )
    yield click.style(cut(clean(of), ROOM), bold=True)
    yield say("Before: {days}", days=days(report.period.before()))
    for sheet in sheets(report):
        yield ""
        yield from _sheet(localized(sheet, words))
    comments = report.now.satisfaction.comments[:10]
    if comments:
        yield ""
        yield click.style(say("What they said"), bold=True)
    for comment in comments:
        rating = say("{rating} of 5", rating=str(comment.rating))
        yield cut(_line(f"{rating}{GAP}{comment.case}{GAP}{comment.text}"), ROOM)


def _sheet(sheet: Sheet) -> Iterator[str]:
    cells = [[_line(cell) for cell in row] for row in ((sheet.title, *sheet.heads[1:]), *sheet.rows)]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    widths[0] = min(widths[0], NAMES)
    for number, row in enumerate(cells):
        text = GAP.join(_cell(sheet, at, cell, widths) for at, cell in enumerate(row)).rstrip()
        yield click.style(cut(text, ROOM), bold=True) if not number else cut(text, ROOM)


def _cell(sheet: Sheet, at: int, cell: str, widths: list[int]) -> str:
    """A padded cell: names to the left, figures to the right."""
    cell = cut(cell, widths[at])
    space = " " * (widths[at] - width(cell))
    return cell + space if not at or at in sheet.texts else space + cell


def _line(text: str) -> str:
    return " ".join(clean(text).split())
