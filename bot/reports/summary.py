"""The summary: a period in a sentence or two."""

from __future__ import annotations

from bot.reports.figures import Figures
from bot.reports.format import cases, mean, share, worked
from bot.reports.report import Report


def at_a_glance(report: Report) -> list[tuple[str, str]]:
    """Three figures with their names, each with the previous one if there was one."""
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
    """How many of the waiting cases are old."""
    old = sum(sum(counts) for _, counts in report.backlog.ages[-2:])
    return f", {old} of them for more than a week" if old else ""


def summary(report: Report) -> str:
    """The changes in words: what came and went, and how well targets were met."""
    now, before = report.now, report.before
    words = [f"{cases(now.opened)} came in ({_beside(now.opened, before.opened)}), and {_closed(now)}."]
    first = now.answering[0]
    if first.share is not None:
        sentence = f"{share(first.share)} of the first answers were in time"
        was = before.answering[0].share
        words.append(f"{sentence}{f' ({share(was)} before)' if was is not None else ''}.")
    satisfaction = now.satisfaction
    if satisfaction.answers:
        who = "1 customer" if satisfaction.answers == 1 else f"{satisfaction.answers} customers"
        words.append(f"{who} gave {mean(satisfaction.mean)} of 5.")
    return " ".join(words)


def _beside(now: int, before: int) -> str:
    if now == before:
        return "as many as before"
    return f"{abs(now - before)} {'more' if now > before else 'fewer'} than before"


def _closed(now: Figures) -> str:
    was = "was" if now.closed == 1 else "were"
    return f"{now.closed} {was} closed" if now.closed else "none was closed"
