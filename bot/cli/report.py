"""``casebot report``: a period's figures as a table, as CSV or JSON, or as a page with charts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.terminal.context import questions
from bot.cli.terminal.errors import Failure
from bot.cli.terminal.output import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.cli.terminal.context import Questions
    from bot.reports.report import Report


@click.command()
@click.option(
    "--since",
    default="30d",
    show_default=True,
    help="A day, a month, or so far back: 2026-10-01, 2026-10, 30d, 12w.",
)
@click.option(
    "--until",
    default="",
    help="The last day or month that belongs to it. Default: today, or the end of the month.",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(("table", "csv", "json", "html")),
    default="table",
    show_default=True,
    help="html is one page with charts that needs nothing else: send it to whom you like.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Write it into this file.",
)
@click.option("--account", default="", metavar="NAME", help="Only the cases of this account.")
@click.option("--mailbox", default="", metavar="ADDRESS", help="Only the cases of this address of the desk.")
def report(kind: str, output: Path | None, **asked: str) -> None:
    """How the desk does: what came and went, how soon it was answered, what waits, what customers say.

    Beside each figure stands that of the period before. Days are those of the desk's time zone.
    """
    with questions() as at:
        figures, language = _made(at, **asked), at.config.desk.language
        words = _words(at)
    text = _written(figures, kind, words, language=language)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_bytes(click.unstyle(text).encode("utf-8"))
    except OSError as error:
        raise Failure(f"{output}: {error.strerror or error}. The report was not written.") from None
    say(f"{output}: the report of {_days(figures)}.")


def _made(at: Questions, *, since: str, until: str, account: str, mailbox: str) -> Report:
    from bot.reports.period import NoPeriod, period
    from bot.reports.report import Accounts, ReportOf

    now, mailbox = datetime.now(UTC), mailbox.lower()
    try:
        span = period(since, until, now=now, zone=at.config.zone)
    except NoPeriod as error:
        raise click.UsageError(str(error)) from None
    _one_of(account, at.ask(Accounts()) if account else (), "--account", "no account")
    _one_of(mailbox, [box.address for box in at.config.mailboxes], "--mailbox", "no mailbox of this desk")
    figures: Report = at.ask(ReportOf(at.config, span, now, account, mailbox))
    return figures


def _one_of(name: str, choices: object, option: str, what: str) -> None:
    names = list(choices) if isinstance(choices, (list, tuple)) else []
    if name and name not in names:
        there = f"Known: {', '.join(names[:20])}." if names else "There is none yet."
        raise click.BadParameter(f"{name} is {what}. {there}", param_hint=option)


def _days(figures: Report) -> str:
    from bot.reports.format import days

    return days(figures.period)


def _words(at: Questions) -> Mapping[str, str]:
    from bot.render.translations import Translations

    return Translations(*at.config.templates()).words(at.config.desk.language)


def _written(figures: Report, kind: str, words: Mapping[str, str], *, language: str) -> str:
    if kind == "csv":
        from bot.reports.csv_export import csv_text

        return csv_text(figures)
    if kind == "json":
        from bot.reports.json_export import json_text

        return json_text(figures)
    if kind == "html":
        from bot.reports.html_page import page

        return page(figures, words, language=language)
    from bot.cli.terminal.report_table import lines

    return "\n".join(lines(figures, words)) + "\n"
