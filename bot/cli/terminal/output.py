"""Terminal output: tables, times and JSON, with nothing that could steer a terminal."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

import click

from bot.cli.terminal.language import _
from bot.languages.locale_formats import zone_name
from bot.languages.reader_zone import city, local, zone
from bot.model.translatable import saying

_NARROWEST = 12


def say(text: str = "") -> None:
    """Print text that may come from anybody."""
    click.echo(clean(text))


def clean(text: str) -> str:
    """The text without control characters; line ends and tabs stay."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


def say_json(thing: Any) -> None:
    """Print dataclasses, and tuples and mappings of them, as JSON; times in UTC (RFC 3339)."""
    click.echo(json.dumps(thing, default=_plain, ensure_ascii=False, indent=2))


def _plain(thing: Any) -> Any:
    if is_dataclass(thing) and not isinstance(thing, type):
        return asdict(thing)
    if isinstance(thing, datetime):
        return thing.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(thing, bytes):
        return thing.decode("utf-8", "replace")
    return str(thing)


def when(moment: datetime | None) -> str:
    """A moment by the desk's clock, and short: ``14:05 CET``, ``3 Nov 14:05 CET``, ``2025-11-03``."""
    text = cell(moment)
    return f"{text} {zone_name(local(moment))}" if moment and ":" in text else text


def cell(moment: datetime | None) -> str:
    """The same within a column, whose title names the zone: ``column``."""
    if moment is None:
        return ""
    at, today = local(moment), local(datetime.now(UTC))
    if at.date() == today.date():
        return f"{at:%H:%M}"
    if at.year == today.year:
        return f"{_('{day} {month}', day=str(at.day), month=saying(_MONTHS[at.month - 1]))} {at:%H:%M}"
    return f"{at:%Y-%m-%d}"


def column(title: str) -> str:
    """The title of a column of moments: ``CHANGED (Berlin)``."""
    return f"{title} ({city(zone())})"


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def size(count: int) -> str:
    """A size in words: ``812 B``, ``14 kB``, ``2.3 MB``."""
    if count < 1000:
        return f"{count} B"
    if count < 1_000_000:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], *, nothing: str) -> None:
    """Print aligned columns; on a terminal the last one is cut to the width.

    ``nothing``: printed if there are no rows.
    """
    cells = [[" ".join(clean(cell).split()) for cell in row] for row in rows]
    if not cells:
        click.echo(nothing)
        return
    widths = [max(map(width, column)) for column in zip(*[list(titles), *cells], strict=True)]
    before = sum(widths[:-1]) + 2 * (len(widths) - 1)
    last = max(_room() - before, _NARROWEST)
    for line, shown in ((list(titles), click.style), *((row, None) for row in cells)):
        row = [padded(cell, wide) for cell, wide in zip(line, widths, strict=True)]
        text = "  ".join([*row[:-1], cut(line[-1], last)]).rstrip()
        click.echo(shown(text, bold=True) if shown else text)


def _room() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000


def padded(text: str, columns: int) -> str:
    """A text with blanks behind it up to so many columns of a terminal."""
    return text + " " * (columns - width(text))


def width(text: str) -> int:
    """Width in columns: Chinese and Japanese letters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def cut(text: str, room: int) -> str:
    """The text cut to so many columns, with ``…`` at the end."""
    if width(text) <= room:
        return text
    columns = accumulate(map(width, text))
    end = next(place for place, taken in enumerate(columns) if taken > room - 1)
    return text[:end].rstrip() + "…"
