"""Calendars and service levels as the config has them, and as the clock counts with them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from bot.config.settings import Name, Section
from bot.config.time_zones import TimeZone
from bot.model import working_time
from bot.model.working_time import Duration, Level, Target, Window

OFFICE, STANDARD = "office", "standard"
"""The shipped calendar and level: always there, unless the config has one of the same name."""
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST = timedelta(days=366)
_WINDOW = re.compile(r"(\d\d):([0-5]\d)-(\d\d):([0-5]\d)", re.ASCII)
_SPAN = re.compile(r"(?:(\d{1,3})d|(?:(\d{1,4})h)?(?:(\d{1,4})m)?)", re.ASCII)


def _country(code: str) -> str:
    if not code:
        return code
    from holidays import list_supported_countries

    country, _, part = code.partition("-")
    parts = list_supported_countries().get(country)
    if parts is None:
        raise ValueError("must be a country whose holidays we know, as FR, or a part of one, as DE-BY")
    if part and part not in parts:
        raise ValueError(f"{country} has no part {part}; we know {', '.join(parts) or 'none'}")
    return code


def _windows(texts: Sequence[str]) -> tuple[str, ...]:
    minutes = [_window(text) for text in texts]
    if any(later[0] < earlier[1] for earlier, later in pairwise(minutes)):
        raise ValueError("must come one after the other")
    return tuple(texts)


def _window(text: str) -> Window:
    """Minutes of the day: ``09:00-18:00`` → (540, 1080). 24:00, or 00:00 at the end, is midnight."""
    match = _WINDOW.fullmatch(text)
    if not match:
        raise ValueError("must be hours as 09:00-18:00")
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    opens, closes = from_hour * 60 + from_minute, (to_hour * 60 + to_minute) or 1440
    if closes > 1440:
        raise ValueError(f"{text} ends after midnight, which is 24:00")
    if opens >= closes:
        raise ValueError(f"{text} ends before it begins; what is after midnight belongs to the next day")
    return opens, closes


def _written_span(text: str) -> str:
    span(text)
    return text


def span(text: str) -> Duration:
    """A duration: ``30m``, ``4h``, ``1h30m``, or ``2d`` for two business days."""
    match = _SPAN.fullmatch(text)
    days, hours, minutes = (int(n or 0) for n in match.groups()) if match else (0, 0, 0)
    written = Duration(timedelta(hours=hours, minutes=minutes), days)
    if written == Duration() or written.time > LONGEST or written.days > LONGEST.days:
        raise ValueError("must be a time, as 30m, 4h, 1h30m, or 2d for two business days")
    return written


Hours = Annotated[tuple[str, ...], AfterValidator(_windows)]
WORKDAY = ("09:00-18:00",)


class WeekSection(Section):
    """``[calendar.hours]``: the working hours of each day, none on a free one."""

    monday: Hours = WORKDAY
    tuesday: Hours = WORKDAY
    wednesday: Hours = WORKDAY
    thursday: Hours = WORKDAY
    friday: Hours = WORKDAY
    saturday: Hours = ()
    sunday: Hours = ()


def _open_some_day(week: WeekSection) -> WeekSection:
    if not any(getattr(week, day) for day in DAY_NAMES):
        raise ValueError("must have working hours on some day")
    return week


class CalendarSection(Section):
    """``[[calendar]]``: working hours and holidays."""

    name: Name = OFFICE
    time_zone: TimeZone = "UTC"
    holidays: Annotated[str, AfterValidator(_country)] = ""
    closed: tuple[date, ...] = ()
    hours: Annotated[WeekSection, AfterValidator(_open_some_day)] = WeekSection()


_FIRST_RESPONSE = {"Blocker": "1h", "Critical": "4h", "Medium": "8h", "Low": "16h"}
_NEXT_RESPONSE = {"Blocker": "2h", "Critical": "4h", "Medium": "1d", "Low": "2d"}
_RESOLUTION = {"Blocker": "8h", "Critical": "2d", "Medium": "5d", "Low": "10d"}


WrittenSpan = Annotated[str, AfterValidator(_written_span)]
TARGETS: tuple[Target, ...] = get_args(Target)


class ServiceLevelSection(Section):
    """``[[service_level]]``: the targets for the accounts that name it."""

    name: Name = STANDARD
    calendar: str = OFFICE
    round_the_clock: tuple[str, ...] = ("Blocker",)
    """Priorities whose targets run day and night."""
    warn_at: int = Field(default=75, ge=1, le=100)
    """Percent of a target."""
    manager_at: int = Field(default=125, ge=100, le=1000)
    """Percent of a target."""
    tell_targets: bool = False
    """Are customers told by when their new case is answered?"""
    first_response: Mapping[str, WrittenSpan] = _FIRST_RESPONSE
    """Priority → by when somebody is to have answered a new case."""
    next_response: Mapping[str, WrittenSpan] = _NEXT_RESPONSE
    """Priority → by when somebody is to have answered what the customer wrote after that."""
    resolution: Mapping[str, WrittenSpan] = _RESOLUTION
    """Priority → by when the case is to be solved."""


def levels(
    calendars: Iterable[CalendarSection], written: Iterable[ServiceLevelSection]
) -> Mapping[str, Level]:
    """The service levels by name, ready to use; ``standard`` is always among them."""
    by_name = {calendar.name: _calendar(calendar) for calendar in (CalendarSection(), *calendars)}
    rows = {row.name: row for row in (ServiceLevelSection(), *written)}
    return MappingProxyType({name: _level(row, by_name[row.calendar]) for name, row in rows.items()})


def calendars(written: Iterable[CalendarSection]) -> Mapping[str, working_time.Calendar]:
    """The calendars by name; ``office`` is always among them."""
    return MappingProxyType({row.name: _calendar(row) for row in (CalendarSection(), *written)})


def zone(written: Sequence[CalendarSection]) -> ZoneInfo:
    """The zone of the calendar "office" if it is written, else of the first one that is."""
    office = [row for row in written if row.name == OFFICE]
    return ZoneInfo((*office, *written, CalendarSection())[0].time_zone)


def _calendar(row: CalendarSection) -> working_time.Calendar:
    hours = tuple(tuple(map(_window, getattr(row.hours, day))) for day in DAY_NAMES)
    return working_time.Calendar(ZoneInfo(row.time_zone), hours, row.holidays, frozenset(row.closed))


def _level(row: ServiceLevelSection, calendar: working_time.Calendar) -> Level:
    return Level(
        row.name,
        calendar,
        {target: _spans(getattr(row, target)) for target in TARGETS},
        frozenset(row.round_the_clock),
        warn_at=row.warn_at,
        manager_at=row.manager_at,
        tell_targets=row.tell_targets,
    )


def _spans(written: Mapping[str, str]) -> Mapping[str, Duration]:
    return MappingProxyType({priority: span(text) for priority, text in written.items()})


def mistakes(
    calendars: Sequence[Mapping[str, Any]],
    levels_: Sequence[Mapping[str, Any]],
    accounts: Sequence[Mapping[str, Any]],
    *,
    staff: Sequence[Mapping[str, Any]],
    priorities: Collection[str],
) -> Iterator[str]:
    """Mistakes between the sections, each read as it was written."""
    known_calendars, level_names = _names(calendars, OFFICE), _names(levels_, STANDARD)
    for n, row in enumerate(levels_, 1):
        if (calendar := str(row.get("calendar", OFFICE))) not in known_calendars:
            yield f"service_level[{n}].calendar: {calendar} is not in [[calendar]]"
        for key in ("round_the_clock", *TARGETS):
            named = row.get(key)
            strange = [p for p in named if p not in priorities] if isinstance(named, (list, dict)) else []
            yield from (f"service_level[{n}].{key}: {p} is not in lists.priorities" for p in strange)
    for n, row in enumerate(staff, 1):
        if (calendar := str(row.get("calendar") or OFFICE)) not in known_calendars:
            yield f"staff[{n}].calendar: {calendar} is not in [[calendar]]"
    for n, row in enumerate(accounts, 1):
        if (level := str(row.get("service_level", STANDARD))) not in level_names:
            yield f"account[{n}].service_level: {level} is not in [[service_level]]"


def _names(rows: Sequence[Mapping[str, Any]], shipped: str) -> set[str]:
    return {shipped, *(str(row.get("name", shipped)) for row in rows)}
