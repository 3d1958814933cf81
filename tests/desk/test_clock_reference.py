"""The clock against a slow and obvious one, which looks at the clock on the wall minute by minute."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import compress, count, islice
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.model.working_time import Calendar, Duration, Level, Pause

CASES = int(os.environ.get("CASEBOT_CLOCK_CASES", "300"))
"""Ten thousand take some minutes."""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
OFFICE = (((540, 1080),),) * 5 + ((), ())
LUNCH = (((510, 720), (780, 1050)),) * 4 + (((480, 720),), (), ())
NIGHT = (((0, 240), (1320, 1440)),) * 7
"""Over each hour that is left out or comes twice when clocks are changed."""
SOMETIMES = ((), ((600, 601),), (), ((0, 1440),), (), ((90, 210),), ((60, 180),))
CALENDARS = {
    "Europe/Paris": (OFFICE, "FR"),
    "America/New_York": (NIGHT, "US"),
    "Australia/Lord_Howe": (NIGHT, "AU-NSW"),
    "Asia/Kolkata": (LUNCH, "IN"),
    "Pacific/Auckland": (SOMETIMES, "NZ"),
    "America/St_Johns": (LUNCH, "CA-NL"),
}
"""Six time zones: the clocks are changed in four of them, by half an hour in one."""
CLOSED = frozenset({date(2026, 5, 15), date(2026, 12, 24)})


@cache
def calendar(zone: str) -> Calendar:
    hours, country = CALENDARS[zone]
    return Calendar(ZoneInfo(zone), hours, country, CLOSED)


@cache
def worked(zone: str) -> bytearray:
    """Is a minute since ``BEGIN`` worked? As somebody would find out who looks at a clock and a calendar."""
    hours, country = CALENDARS[zone]
    name, _, part = country.partition("-")
    free = holidays.country_holidays(name, subdiv=part or None)
    minutes = bytearray()
    at, wall = BEGIN, ZoneInfo(zone)
    while at < END:
        here = at.astimezone(wall)
        of_day = here.hour * 60 + here.minute
        open_now = any(opens <= of_day < closes for opens, closes in hours[here.weekday()])
        minutes.append(open_now and here.date() not in free and here.date() not in CLOSED)
        at += MINUTE
    return minutes


def number(at: datetime) -> int:
    return int((at - BEGIN) / MINUTE)


def reference(zone: str, since: datetime, target: int, pauses: list[Pause]) -> datetime | None:
    """When ``target`` minutes were worked since then and outside all pauses; None if one of these does not end."""
    works, at = worked(zone)[:], number(since)
    for began, ended in pauses:
        first, last = number(began), min(number(ended) if ended else len(works), len(works))
        works[first:last] = bytes(last - first)
    if not target:
        return BEGIN + at * MINUTE
    minutes = compress(count(at), works[at:])
    last_minute = next(islice(minutes, target - 1, None), None)
    return None if last_minute is None else BEGIN + (last_minute + 1) * MINUTE


def days_in_minutes(zone: str, since: datetime, days: int) -> int:
    """How much is worked from then until the same time on the clock, so many business days later; from a day off,
    until the last of them is over."""
    wall, works = ZoneInfo(zone), worked(zone)
    here = since.astimezone(wall)
    day = here.date()

    def is_worked(one: date) -> bool:
        first, last = (number(datetime(d.year, d.month, d.day, tzinfo=wall)) for d in (one, one + DAY))
        return any(works[first:last])

    off = not is_worked(day)
    while days:
        day += DAY
        days -= is_worked(day)
    then = datetime.combine(day + DAY, time(), wall) if off else datetime.combine(day, here.time(), wall)
    return sum(works[number(since) : number(then.astimezone(UTC))])


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, datetime, Duration, list[Pause]]:
    """A zone, when somebody begins to wait, what they are promised, and when they are waited for themselves."""
    zone = draw(st.sampled_from(sorted(CALENDARS)))
    changes = [
        datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 7), (3, 28), (4, 4), (10, 24), (10, 31))
    ]
    near = st.sampled_from(changes).flatmap(lambda day: st.integers(0, 4000).map(lambda n: day + n * MINUTE))
    any_time = st.integers(1440, 500_000).map(lambda n: BEGIN + n * MINUTE)
    since = draw(st.one_of(near, any_time))
    span = draw(
        st.one_of(
            st.integers(1, 320).map(lambda n: Duration(n * 4 * MINUTE)),
            st.integers(1, 4).map(lambda n: Duration(days=n)),
        )
    )
    at, pauses = since, []
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 2500), st.integers(1, 4000)), max_size=4)):
        began = at + gap * MINUTE
        at = began + length * MINUTE
        pauses.append((began, at))
        at += MINUTE
    if draw(st.integers(0, 9)) == 0:
        pauses.append((at, None))
    return zone, since, span, pauses


def compare(case: tuple[str, datetime, Duration, list[Pause]]) -> None:
    zone, since, span, pauses = case
    level = Level("gold", calendar(zone), {"resolution": {"Low": span}})
    promise = level.promise("resolution", "Low", since, pauses)
    minutes = int(span.time / MINUTE) if not span.days else days_in_minutes(zone, since, span.days)
    due = reference(zone, since, minutes, pauses)
    last = reference(
        zone, since, -(-minutes * 5 // 4), pauses
    )  # a part of a minute is worked in a worked one
    if last is None:  # the manager would hear in a pause that does not end: nothing runs now
        assert promise is None
        return
    assert promise is not None
    assert promise.due_at == due
    if not span.days:
        assert promise.manager_at == last
        assert promise.warn_at == reference(zone, since, minutes * 3 // 4, pauses)


AT_THE_SAME_MINUTE = (
    "Pacific/Auckland",
    BEGIN + 86221 * MINUTE,
    Duration(days=1),
    [(BEGIN + 86223 * MINUTE, BEGIN + 87660 * MINUTE), (BEGIN + 87661 * MINUTE, None)],
)
"""The only minute of a target is worked, and then a pause begins that does not end: the manager never hears of it."""


@pytest.mark.slow
@example(AT_THE_SAME_MINUTE)
@settings(max_examples=CASES, suppress_health_check=list(HealthCheck))
@given(cases())
def test_in_every_case_the_clock_is_that_of_the_wall(
    case: tuple[str, datetime, Duration, list[Pause]],
) -> None:
    compare(case)
