"""Periods: "30d", "2026-10" or a day as moments, and the period before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
_BACK = re.compile(r"(\d{1,4})([dw])", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
BY_DAY, BY_WEEK = 14, 190
"""Days of the longest periods that are shown day by day, and week by week; longer ones go month by month."""


class NoPeriod(ValueError):
    """Words that name no period; ``str()`` says which would."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period from ``since`` to ``until`` (excluded), both in UTC; days are those of ``zone``."""

    since: datetime
    until: datetime
    zone: ZoneInfo

    @property
    def first(self) -> date:
        return self.since.astimezone(self.zone).date()

    @property
    def last(self) -> date:
        """The day in which it ends."""
        return (self.until - timedelta(microseconds=1)).astimezone(self.zone).date()

    def before(self) -> Period:
        """The period to compare with: as many months if it is whole months, else as long."""
        end = self.until.astimezone(self.zone)
        if self.first.day == 1 and end.day == 1 and end.time() == time() and self._starts_at_midnight():
            months = (end.year - self.first.year) * 12 + end.month - self.first.month
            return Period(_midnight(_month(self.first, -months), self.zone), self.since, self.zone)
        if end.time() == time() and self._starts_at_midnight():
            days = (end.date() - self.first).days
            return Period(_midnight(self.first - days * DAY, self.zone), self.since, self.zone)
        return Period(self.since - (self.until - self.since), self.since, self.zone)

    def _starts_at_midnight(self) -> bool:
        return self.since.astimezone(self.zone).time() == time()

    @property
    def step(self) -> str:
        """The step in which it is shown: ``day``, ``week`` or ``month``."""
        days = (self.last - self.first).days + 1
        return "day" if days <= BY_DAY else "week" if days <= BY_WEEK else "month"

    def starts(self) -> Iterator[date]:
        """The first day of each step; the first and the last may reach beyond the period."""
        day = self.start_of(self.first)
        while day <= self.last:
            yield day
            day = self._next(day)

    def beginnings(self) -> list[datetime]:
        """When each step begins (UTC)."""
        return [_midnight(day, self.zone) for day in self.starts()]

    def partial(self, start: date) -> bool:
        """Does only a part of the step that begins so belong to the period?"""
        begins, ends = _midnight(start, self.zone), _midnight(self._next(start), self.zone)
        return begins < self.since or ends > self.until

    def _next(self, start: date) -> date:
        return {"day": start + DAY, "week": start + 7 * DAY, "month": _month(start, 1)}[self.step]

    def start_of(self, day: date) -> date:
        """The first day of the step that a day is in; weeks begin on Monday."""
        if self.step == "week":
            return day - day.weekday() * DAY
        return day.replace(day=1) if self.step == "month" else day

    def step_of(self, at: datetime) -> date:
        """The first day of the step that a moment is in."""
        return self.start_of(at.astimezone(self.zone).date())


def period(since: str, until: str, *, now: datetime, zone: ZoneInfo) -> Period:
    """A period from words. Raises ``NoPeriod``.

    ``since``: a day, a month, or so many days or weeks back (including today); ``until``: a day or month,
    included. Without ``until``: now, or the end of the month that ``since`` names.
    """
    today = now.astimezone(zone).date()
    first = _first(since, today)
    last = _last(until or (since if _MONTH.fullmatch(since) else ""), today)
    if first > today:
        raise NoPeriod(f"{since} has not begun yet.")
    if last < first:
        raise NoPeriod(f"It would end ({last}) before it begins ({first}).")
    end = min(_midnight(last + DAY, zone), now.astimezone(UTC))
    return Period(_midnight(first, zone), end, zone)


def until_midnight(at: datetime, zone: ZoneInfo, *, days: int) -> Period:
    """So many whole days up to the beginning of the day that contains a moment."""
    today = at.astimezone(zone).date()
    return Period(_midnight(today - days * DAY, zone), _midnight(today, zone), zone)


def _first(text: str, today: date) -> date:
    if back := _BACK.fullmatch(text):
        days = int(back[1]) * (7 if back[2] == "w" else 1)
        if not 0 < days < 36600:
            raise NoPeriod(f"{text} is no time to look back; 30d would be.")
        return today - (days - 1) * DAY
    if _MONTH.fullmatch(text):
        return _day(f"{text}-01", text)
    return _day(text, text)


def _last(text: str, today: date) -> date:
    if not text:
        return today
    if _MONTH.fullmatch(text):
        return _month(_day(f"{text}-01", text), 1) - DAY
    return _day(text, text)


def _day(text: str, written: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 2 < day.year < 9990:
        raise NoPeriod(f"{written} is no time that is understood: say 2026-10-01, 2026-10, 30d or 12w.")
    return day


def _month(first: date, months: int) -> date:
    """The first day of the month so many months later."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
