"""CSV export: one figure a row, nothing that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

from bot.reports.figures import Counts, Figures, Moved, Spread
from bot.reports.period import Period
from bot.reports.report import Report

HEADS = ("section", "name", "key", "value", "unit")
Row = tuple[str, str, str, object, str]
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a cell a formula (OWASP, "CSV Injection"), full-width forms too: Excel takes them for the same."""


def csv_text(report: Report) -> str:
    """The whole table, quoted, with a byte order mark, without which Excel misreads UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEADS)
    writer.writerows([guarded(cell) for cell in row] for row in rows(report))
    return "\ufeff" + text.getvalue()


def guarded(cell: object) -> str:
    """A cell as text; one that could begin a formula gets an apostrophe and becomes plain text.

    At its start, or after a separator or quote in it. Our own numbers stay numbers.
    """
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    guard = cell
    for edge in ('"', ",", ";"):
        for sign in _FORMULA[:4]:
            guard = guard.replace(edge + sign, f"{edge}'{sign}")
    return f"'{guard}" if guard.lstrip(" \"'").startswith(_FORMULA) or guard.startswith(_FORMULA) else guard


def rows(report: Report) -> Iterator[Row]:
    """Figures of the period, then those to compare with (in sections that end in ``before``)."""
    yield from _about(report)
    yield from _volume(report.now, "volume")
    yield from _volume(report.before, "volume before")
    yield from _times(report.now)
    for name, counts in report.backlog.ages:
        for state, count in zip(report.backlog.states, counts, strict=True):
            yield ("backlog", state, name, count, "cases")
    for waits in report.longest:
        yield ("waits longest", waits.case, waits.subject, _hours(waits.age), "hours")
    yield from _satisfaction_rows(report.now)
    yield from _lists(report.now)


def _about(report: Report) -> Iterator[Row]:
    yield ("about", "desk", "", report.desk, "")
    for name, value in (("account", report.account), ("mailbox", report.mailbox)):
        if value:
            yield ("about", name, "", value, "")
    yield from _ends(report.period, "period")
    yield from _ends(report.period.before(), "period before")
    yield ("about", "made", "", report.at.isoformat(timespec="seconds"), "time")


def _ends(period: Period, name: str) -> Iterator[Row]:
    for key, at in (("since", period.since), ("until", period.until)):
        yield ("about", name, key, at.astimezone(period.zone).isoformat(timespec="seconds"), "time")


def _volume(of: Figures, section: str) -> Iterator[Row]:
    yield (section, "opened", "", of.opened, "cases")
    yield (section, "closed", "", of.closed, "closings")
    yield (section, "reopened", "", of.reopened, "times")
    yield (section, "targets missed", "", of.breaches, "times")
    yield (section, "concerns", "", of.raised, "times")
    yield (section, "shown an article", "", of.suggestions.shown, "cases")
    yield (section, "no article", "", of.suggestions.nothing, "cases")
    yield (section, "deflections", "", of.deflections, "times")


def _times(of: Figures) -> Iterator[Row]:
    for section, paces in (("first answer", of.answering), ("resolution", of.solving)):
        for pace in paces:
            key = f"{pace.priority} / {pace.level}" if pace.priority else "all"
            yield from _spread(section, key, pace.times)
            yield (section, "with a target", key, pace.promised, "cases")
            yield (section, "in time", key, pace.kept, "cases")


def _spread(section: str, key: str, times: Spread) -> Iterator[Row]:
    yield (section, "cases", key, times.count, "cases")
    yield (section, "median", key, _hours(times.median), "working hours")
    yield (section, "p90", key, _hours(times.p90), "working hours")


def _hours(time: timedelta | None) -> float | None:
    return None if time is None else round(time / timedelta(hours=1), 2)


def _satisfaction_rows(of: Figures) -> Iterator[Row]:
    satisfaction = of.satisfaction
    yield ("satisfaction", "invitations", "", satisfaction.invited, "surveys")
    yield ("satisfaction", "answered invitations", "", satisfaction.returned, "surveys")
    yield (
        "satisfaction",
        "mean",
        "",
        None if satisfaction.mean is None else round(satisfaction.mean, 2),
        "of 5",
    )
    for rating, count in enumerate(satisfaction.scale, 1):
        yield ("satisfaction", "answers", str(rating), count, "answers")
    for comment in satisfaction.comments:
        yield ("comments", comment.case, comment.text, comment.rating, "of 5")


def _lists(of: Figures) -> Iterator[Row]:
    for section, counts in (
        ("concerns", of.concerns), ("closing reasons", of.reasons), ("types", of.types),
        ("categories", of.categories), ("channels", of.channels),
        ("no article for", of.suggestions.unanswered),
    ):  # fmt: skip
        yield from _counts(section, counts)
    yield from _moved("accounts", of.accounts)
    yield from _moved("course", of.course)
    for article in of.suggestions.articles:
        yield ("articles", "shown", article.name, article.shown, "cases")
        if of.deflections is not None:
            yield ("articles", "clicked", article.name, article.clicked, "times")
            yield ("articles", "solved", article.name, article.solved, "times")
    for owner in of.owners:
        yield ("people", "closed", owner.name, owner.handled, "cases")
        yield ("people", "first answers", owner.name, owner.answers, "cases")


def _counts(section: str, counts: Counts) -> Iterator[Row]:
    unit = "times" if section in ("concerns", "closing reasons") else "cases"
    return ((section, "count", name, count, unit) for name, count in counts)


def _moved(section: str, moved: tuple[Moved, ...]) -> Iterator[Row]:
    for row in moved:
        yield (section, "opened", row.name, row.opened, "cases")
        yield (section, "closed", row.name, row.closed, "closings")
