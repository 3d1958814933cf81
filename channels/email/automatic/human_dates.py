"""Dates as people write them: ``5. Dezember``, ``December 5th, 2026``, ``12月5日``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.languages.catalogue import languages

_YEAR = r"(?:[,.]?[ \t]{1,2}(?:de[ \t]|del[ \t])?(20\d\d))?"
_DATE = re.compile(
    r"(?<!\d)(?:"
    r"(?P<y1>20\d\d)[-/.](?P<m1>\d{1,2})[-/.](?P<d1>\d{1,2})(?!\d)"
    r"|(?:(?P<y2>20\d\d)[年년][ \t]?)?(?P<m2>\d{1,2})[月월][ \t]?(?P<d2>\d{1,2})[日号號일]"
    r"|(?P<d3>\d{1,2})(?P<s3>[./-])[ \t]?(?P<m3>\d{1,2})(?:(?:(?P=s3)[ \t]?(?P<y3>20\d\d|\d\d)(?!\d))"
    r"|\.|(?!\d|[./-]\d))"
    r"|(?P<d4>\d{1,2})(?:st|nd|rd|th|er|[.º°ª])?[ \t]{1,2}(?:de[ \t]|d['’]|of[ \t])?(?P<m4>[^\W\d_]{3,14})\.?"
    + _YEAR.replace("(20", "(?P<y4>20")
    + r"|(?P<m5>(?<![^\W\d_])[^\W\d_]{3,14})\.?[ \t]{1,2}(?P<d5>\d{1,2})(?:st|nd|rd|th)?(?![\d:]|[.]\d)"
    + _YEAR.replace("(20", "(?P<y5>20")
    + r")"
)
_NEAR = timedelta(days=150)
_FAR = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date with its place in the text."""

    day: date
    start: int
    end: int


def find(text: str, since: date) -> Iterator[FoundDate]:
    """Dates in a text, from ``since`` up to 400 days later; ambiguous ones are left out."""
    if since > date.max - _FAR:
        return  # the calendar ends before that
    at = 0
    while match := _DATE.search(text, at):
        day = _day(match.groupdict(), since)
        at = match.end() if day else _next(match)
        if day is not None and since <= day <= since + _FAR:
            yield FoundDate(day, match.start(), match.end())


def _next(match: re.Match[str]) -> int:
    """Where to search on after a match that is no date: its second half may begin one."""
    for name in ("m5", "d4"):
        if match[name]:
            return match.end(name)
    return match.end()


def _day(groups: dict[str, str | None], since: date) -> date | None:
    if groups["m3"]:
        return _numeric(groups, since)
    for n in "1245":
        if month := groups[f"m{n}"]:
            number = int(month) if month.isdecimal() else _month(month)
            return _dated(groups.get(f"y{n}"), number, int(groups[f"d{n}"] or 0), since)
    return None


def _numeric(groups: dict[str, str | None], since: date) -> date | None:
    """A numeric date. Americans write the month first before slashes: then the nearer day counts."""
    first, second, year = int(groups["d3"] or 0), int(groups["m3"] or 0), groups["y3"]
    day = _dated(year, second, first, since)
    other = _dated(year, first, second, since) if groups["s3"] == "/" else None
    if year is None and groups["s3"] != ".":
        return None
    if day is None or other is None or day == other:
        return day or other
    near = [candidate for candidate in (day, other) if since <= candidate <= since + _NEAR]
    return near[0] if len(near) == 1 else None


def _dated(year: str | None, month: int, day: int, since: date) -> date | None:
    """The date; without a year, the next such day."""
    given_year = int(year) + (2000 if int(year) < 100 else 0) if year else 0
    for candidate_year in (given_year,) if given_year else (since.year, since.year + 1):
        try:
            candidate = date(candidate_year, month, day)
        except ValueError:
            continue
        if given_year or candidate >= since:
            return candidate
    return None


def _month(word: str) -> int:
    """1 to 12; an abbreviation has at least three letters. 0 for any other word."""
    plain = _bare(word)
    return _NAMES.get(plain, 0) or next((n for name, n in _NAMES.items() if name.startswith(plain)), 0)


def _bare(word: str) -> str:
    """A word in lower case without accents."""
    apart = unicodedata.normalize("NFKD", word.casefold().replace("й", "\0"))
    return (
        "".join(letter for letter in apart if not unicodedata.combining(letter))
        .replace("\0", "й")
        .replace("ı", "i")
    )


_NAMES = {
    _bare(name): number
    for number in range(1, 13)
    for language in languages().values()
    for names in language.dates.months[number - 1 : number]
    for name in names.split()
}
