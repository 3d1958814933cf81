"""Working time: when a target is reached in the business hours of a calendar; pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Literal, get_args
from zoneinfo import ZoneInfo

Window = tuple[int, int]
"""Minutes since local midnight, ``(540, 1080)`` for 09:00–18:00; 1440 is the midnight that ends the day."""
Interval = tuple[datetime, datetime]
"""A stretch of real time, both ends in UTC."""
Pause = tuple[datetime, datetime | None]
"""While a case waits for its customer; without an end: it waits still."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Duration:
    """The length of a target: working time (``4h``), or whole business days (``2d``)."""

    time: timedelta = timedelta()
    days: int = 0


@dataclass(frozen=True)
class Calendar:
    """Working hours. A moment is working time by the wall clock, on DST days too."""

    zone: ZoneInfo
    hours: tuple[tuple[Window, ...], ...]
    """Seven days, Monday first; in each, windows in order that do not overlap. At least one in all."""
    holidays: str = ""
    """A country (``FR``), or a part of one (``DE-BY``), whose public holidays are free."""
    closed: frozenset[date] = frozenset()
    _days: dict[date, tuple[Interval, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def after(self, start: datetime, duration: timedelta) -> datetime:
        """The first moment (UTC) by which ``duration`` has been worked since ``start``."""
        start, remaining = start.astimezone(UTC), duration
        if not duration:
            return start
        for opens, closes in self._periods(start):
            begin = opens if opens > start else start
            if begin + remaining <= closes:
                return begin + remaining
            if begin < closes:
                remaining -= closes - begin
        raise AssertionError("days do not end")

    def after_pauses(self, start: datetime, duration: timedelta, pauses: Sequence[Pause]) -> datetime | None:
        """As ``after``, but work within ``pauses`` does not count; None while one of them lasts.

        ``pauses``: oldest first, apart from each other; the last may be open.
        """
        end = self.after(start, duration)
        for began, ended in pauses:
            if began >= end:
                break
            if ended is None:
                return None
            end = self.after(end, self.between(max(began, start), ended))
        return end

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two moments; none if ``end`` comes first."""
        worked = timedelta()
        for opens, closes in self._periods(start):
            if opens >= end:
                break
            worked += max(min(closes, end) - max(opens, start), timedelta())
        return worked

    def days_after(self, start: datetime, days: int) -> datetime:
        """``days`` business days later: Friday 14:00 and one is Monday 14:00.

        Out of hours, the working time until then counts: Friday 20:00 and one is the end of Monday, and so is
        every moment of the days off between them.
        """
        local = start.astimezone(self.zone)
        day = local.date()
        off = days > 0 and not self._day(day)
        while days:
            day += DAY
            days -= bool(self._day(day))
        until = datetime.combine(day + DAY, time()) if off else datetime.combine(day, local.time())
        return self.after(start, self.between(start, until.replace(tzinfo=self.zone).astimezone(UTC)))

    def opens(self, day: date) -> datetime | None:
        """When work begins on a day (UTC); None on a day off."""
        periods = self._day(day)
        return periods[0][0] if periods else None

    def periods(self, day: date) -> tuple[Interval, ...]:
        """A day's working periods, in order."""
        return self._day(day)

    def is_open(self, at: datetime) -> bool:
        """Is it working time?"""
        return any(opens <= at < closes for opens, closes in self._day(at.astimezone(self.zone).date()))

    @property
    def earliest(self) -> time:
        """The time of day at which work begins on the day of the week that begins first."""
        minutes = min(day[0][0] for day in self.hours if day)
        return time(minutes // 60, minutes % 60)

    def usually(self, span: Duration) -> timedelta:
        """The average wall-clock time of a target, including closed hours and days off."""
        minutes = sum(closes - opens for day in self.hours for opens, closes in day)
        return span.time * (7 * DAY / (minutes * MINUTE)) + span.days * DAY * 7 / sum(map(bool, self.hours))

    def _periods(self, start: datetime) -> Iterator[Interval]:
        """Working periods from the day of ``start`` on, in order, without end."""
        day = start.astimezone(self.zone).date()
        while True:
            yield from self._day(day)
            day += DAY

    def _day(self, day: date) -> tuple[Interval, ...]:
        """A day's working periods, computed once: every new case needs them."""
        periods = self._days.get(day)
        if periods is None:
            periods = self._days[day] = tuple(self._made(day))
        return periods

    def _made(self, day: date) -> Iterator[Interval]:
        if day in self.closed or day in self._holidays:
            return
        for start, end, offset in self._stretches(day):
            midnight = datetime.combine(day, time(), UTC) - offset
            for opens, closes in self.hours[day.weekday()]:
                period = max(start, midnight + opens * MINUTE), min(end, midnight + closes * MINUTE)
                if period[0] < period[1]:
                    yield period

    def _stretches(self, day: date) -> Iterator[tuple[datetime, datetime, timedelta]]:
        """A local day in stretches of one UTC offset: one, or two when clocks change."""
        start, end = (datetime.combine(d, time(), self.zone).astimezone(UTC) for d in (day, day + DAY))
        if start >= end:
            return  # a day that was left out, as 30 December 2011 on Samoa
        first, last = self._offset(start), self._offset(end - timedelta(seconds=1))
        seconds = range(int((end - start).total_seconds()))
        at = bisect_left(seconds, True, key=lambda s: self._offset(start + timedelta(seconds=s)) != first)
        change = start + timedelta(seconds=at)
        yield start, change, first
        if change < end:
            yield change, end, last

    def _offset(self, at: datetime) -> timedelta:
        return at.astimezone(self.zone).utcoffset() or timedelta()

    @cached_property
    def _holidays(self) -> Container[date]:
        """The country's holidays; imported here, since most desks have none and it takes a moment."""
        if not self.holidays:
            return ()
        from holidays import country_holidays

        country, _, part = self.holidays.partition("-")
        return country_holidays(country, subdiv=part or None)


ROUND_THE_CLOCK = Calendar(ZoneInfo("UTC"), (((0, 1440),),) * 7)


Target = Literal["first_response", "next_response", "resolution"]
"""What is promised."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A running target (UTC): when to warn, when it is breached, and when the manager is told."""

    warn_at: datetime
    due_at: datetime
    manager_at: datetime

    @property
    def moments(self) -> tuple[datetime, datetime, datetime]:
        """The three moments in order."""
        return self.warn_at, self.due_at, self.manager_at


@dataclass(frozen=True)
class Level:
    """A service level: the targets by priority."""

    name: str
    calendar: Calendar
    targets: Mapping[Target, Mapping[str, Duration]]
    """What is promised → priority → how soon. A priority that is not there is promised nothing."""
    round_the_clock: frozenset[str] = frozenset()
    """Priorities whose targets run day and night."""
    warn_at: int = 75
    """Percent of a target after which those who could still keep it are warned."""
    manager_at: int = 125
    """Percent of a target after which the manager hears of it."""
    tell_targets: bool = False
    """Are customers told by when they hear from the desk?"""

    def pace(self, priority: str) -> tuple[timedelta, ...]:
        """How soon each target is due on average, in the order they are named; without one: never."""
        calendar = self._calendar(priority)
        spans = (self.targets[target].get(priority) for target in get_args(Target))
        return tuple(calendar.usually(span) if span else timedelta.max for span in spans)

    def _calendar(self, priority: str) -> Calendar:
        return ROUND_THE_CLOCK if priority in self.round_the_clock else self.calendar

    def promise(
        self, target: Target, priority: str, since: datetime, pauses: Sequence[Pause] = ()
    ) -> Promise | None:
        """When an answer or solution is due for somebody who waits ``since`` then.

        None: nothing is promised, or not while a pause lasts.
        """
        calendar = self._calendar(priority)
        span = self.targets[target].get(priority)
        if span is None:
            return None
        worked = (
            span.time if not span.days else calendar.between(since, calendar.days_after(since, span.days))
        )
        shares = (worked * percent / 100 for percent in (self.warn_at, 100, self.manager_at))
        warn_at, due_at, manager_at = (calendar.after_pauses(since, share, pauses) for share in shares)
        return Promise(warn_at, due_at, manager_at) if warn_at and due_at and manager_at else None
