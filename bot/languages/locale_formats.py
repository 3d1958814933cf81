"""Locale formats: moments, days, durations, sizes and zones as each language writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from bot.languages.catalogue import languages
from bot.languages.language import Writing
from bot.languages.reader_zone import local, zone

PLAIN = Writing(
    tuple(f"{month:02}" for month in range(1, 13)),
    "{year}-{month}-{day:02} {time} {zone}",
    day="{year}-{month}-{day:02}",
    octets=(" B", " kB", " MB", " GB"),
    units={"s": (" s",), "m": (" min",), "h": (" h",), "d": (" d",)},
)
"""For languages that are not in the table: dates as ISO 8601 has them."""
_DURATION = re.compile(r"(?:\d+[smhd])+", re.ASCII)


@cache
def writings() -> Mapping[str, Writing]:
    """The formats by language."""
    return {code: language.formats for code, language in languages().items() if language.formats}


def writing(language: str) -> Writing:
    """The formats of a language."""
    return writings().get(language, PLAIN)


def moment(at: datetime, language: str) -> str:
    """A moment by the reader's clock: ``25 Nov 2026, 15:03 CET``."""
    return _moment(at, language, zone())


@lru_cache(maxsize=256)
def _moment(at: datetime, language: str, of: ZoneInfo) -> str:
    here, form = at.astimezone(of), writing(language)
    parts = {"day": here.day, "month": form.months[here.month - 1], "year": here.year}
    return form.date.format(**parts, time=f"{here:%H:%M}", zone=zone_name(here, language))


def day(at: datetime, language: str) -> str:
    """The reader's day: ``25 Nov 2026``."""
    here, form = local(at), writing(language)
    return form.day.format(day=here.day, month=form.months[here.month - 1], year=here.year)


def zone_name(at: datetime, language: str = "en") -> str:
    """What people call the zone of a local moment: ``CET``, ``MEZ``; ``GMT+9`` where it has no letters.

    The tz database names zones by letters where people do, and by numbers (``-03``) elsewhere.
    """
    name = at.tzname() or "UTC"
    if name[0] not in "+-":
        return writing(language).zones.get(name, (name,))[0]
    ahead = round((at.utcoffset() or timedelta()) / timedelta(minutes=1))
    hours, minutes = divmod(abs(ahead), 60)
    return f"GMT{'-' if ahead < 0 else '+'}{hours}{f':{minutes:02}' if minutes else ''}"


def duration(text: str, language: str) -> str:
    """A duration: ``1h30m`` → ``1 hour 30 minutes``; any other text unchanged."""
    if not _DURATION.fullmatch(text):
        return text
    units = writing(language).units
    parts = re.findall(r"(\d+)(.)", text)
    return " ".join(f"{count}{_form(units[unit], int(count))}" for count, unit in parts)


def _form(forms: Sequence[str], count: int) -> str:
    """Of one, two or three forms of a word: for all numbers; for one and many; for one, a few and many."""
    if count == 1:
        return forms[0]
    few = len(forms) == 3 and count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14)
    return forms[1] if few else forms[-1]
