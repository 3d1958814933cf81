"""Moments that people type (``Monday 9:00``, ``2026-12-24``, ``3 days``), by the desk's calendar."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from bot.languages.locale_formats import zone_name
from bot.model.errors import BadCommand
from bot.model.translatable import saying, together
from bot.model.working_time import Calendar

EXAMPLES = "Monday, Monday 14:30, tomorrow, 2026-12-24 9:00, 14:30, 2 hours, 3 days, 1 week"
FURTHEST = timedelta(days=366)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BEFORE = re.compile(r"(?:(?:until|till|for|in|on|by|next)\s+)*")
_SPAN = re.compile(
    r"(\d{1,4}|an?|one)\s*(m|min|minutes?|h|hours?|d|days?|w|weeks?)(?:\s+(?:at\s+)?(.+))?", re.ASCII
)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d|today|tomorrow|[a-z]{3,9})(?:[\st,]+(?:at\s+)?(\d.*))?", re.ASCII)
_TIME = re.compile(r"(?:at\s+)?(\d{1,2})(?:[:.h](\d\d))?\s*([ap]m)?", re.ASCII)


def moment(typed: str, *, now: datetime, calendar: Calendar) -> datetime:
    """The moment (UTC) that these words name, after ``now`` and within a year.

    Hours and minutes are exact. A day begins when the desk opens, unless a time is named; ``3 days`` that end on
    a day off end on the next working day. Raises ``BadCommand`` with examples.
    """
    local = now.astimezone(calendar.zone)
    words = _BEFORE.sub("", " ".join(typed.lower().split()).strip(" .!"), count=1)
    at = _after(words, local, calendar) or _on(words, local, calendar) or _o_clock(words, local)
    if at is None:
        raise _refusal(saying("“{typed}” is no time that I understand.", typed=typed.strip()[:60]))
    if not now < at <= now + FURTHEST:
        pattern = "{moment} is in the past." if at <= now else "{moment} is more than a year away."
        raise _refusal(saying(pattern, moment=written(at, calendar)))
    return at.astimezone(UTC)


def _refusal(why: str) -> BadCommand:
    words = together(why, saying("Examples: {examples}.", examples=EXAMPLES))
    return BadCommand(words, {"until": words})


def written(at: datetime, calendar: Calendar) -> str:
    """A moment in the desk's own time: ``Mon 30 Nov 2026, 09:00 CET``."""
    local = at.astimezone(calendar.zone)
    month = saying(_MONTHS[local.month - 1])
    return saying(
        "{weekday} {day}, {time}",
        weekday=saying(_WEEKDAYS[local.weekday()]),
        day=saying("{day} {month} {year}", day=str(local.day), month=month, year=str(local.year)),
        time=f"{local:%H:%M} {zone_name(local)}",
    )


def _after(words: str, local: datetime, calendar: Calendar) -> datetime | None:
    match = _SPAN.fullmatch(words)
    if match is None:
        return None
    count = int(match[1]) if match[1].isdigit() else 1
    unit = match[2][0]
    if unit in "mh":
        length = timedelta(minutes=count) if unit == "m" else timedelta(hours=count)
        return None if match[3] else (local.astimezone(UTC) + length)
    days = timedelta(days=count * (7 if unit == "w" else 1))
    if not days or days > FURTHEST + timedelta(days=7):
        return None
    day = local.date() + days
    while calendar.opens(day) is None:
        day += timedelta(days=1)
    return _at(day, match[3] or "", calendar)


def _on(words: str, local: datetime, calendar: Calendar) -> datetime | None:
    match = _DAY.fullmatch(words)
    day = _day(match[1], local.date()) if match else None
    return _at(day, match[2] or "", calendar) if match and day else None


def _day(word: str, today: date) -> date | None:
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    if word[0].isdigit():
        try:
            return date.fromisoformat(word)
        except ValueError:
            return None
    weekday = next((n for n, name in enumerate(_DAYS) if name.startswith(word)), None)
    return None if weekday is None else today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _o_clock(words: str, local: datetime) -> datetime | None:
    """The next time that the clock shows this."""
    hour = _time(words) if ":" in words or words.endswith("m") else None
    if hour is None:
        return None
    today = datetime.combine(local.date(), hour, local.tzinfo)
    return today if today > local else datetime.combine(local.date() + timedelta(days=1), hour, local.tzinfo)


def _at(day: date, words: str, calendar: Calendar) -> datetime | None:
    if not words:
        return calendar.opens(day) or datetime.combine(day, calendar.earliest, calendar.zone)
    hour = _time(words)
    return datetime.combine(day, hour, calendar.zone) if hour else None


def _time(words: str) -> time | None:
    match = _TIME.fullmatch(words.strip())
    if match is None:
        return None
    hour, half = int(match[1]), match[3]
    if half and not 1 <= hour <= 12:
        return None
    hour = hour % 12 + 12 * (half == "pm") if half else hour
    minute = int(match[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
