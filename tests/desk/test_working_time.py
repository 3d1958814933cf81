"""Service levels: arithmetic in working hours, held against a slow model that looks at a wall clock each minute."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.working_time import ROUND_THE_CLOCK, Calendar, Duration, Level

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
NINE_TO_SIX = ((540, 1080),)
FREE: tuple[tuple[int, int], ...] = ()
OFFICE = Calendar(PARIS, (*(NINE_TO_SIX,) * 5, FREE, FREE))
FRENCH = replace(OFFICE, holidays="FR", closed=frozenset({date(2026, 12, 24)}))
SIESTA = Calendar(ZoneInfo("Europe/Madrid"), (*(((540, 840), (1020, 1200)),) * 5, ((600, 780),), FREE))
NIGHTS = Calendar(PARIS, (((0, 360), (1320, 1440)),) * 7)
"""22:00 to midnight and midnight to 06:00: both nights of a change of clocks fall within."""
SUNDAY_NIGHT = Calendar(PARIS, (*(FREE,) * 6, ((60, 150), (150, 240))))
"""Its windows meet at 02:30, which comes twice in October and never in March."""
BEIRUT = Calendar(ZoneInfo("Asia/Beirut"), (((0, 120), (1380, 1440)),) * 7)
"""Clocks are changed at midnight there."""
CALENDARS = [OFFICE, FRENCH, SIESTA, NIGHTS, SUNDAY_NIGHT, BEIRUT, ROUND_THE_CLOCK]
CHANGES = [
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2027, 3, 28, tzinfo=UTC),
    datetime(2026, 12, 24, tzinfo=UTC),
    datetime(2026, 7, 13, tzinfo=UTC),
]


def paris(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold).astimezone(UTC)


def shown(moment: datetime) -> str:
    return f"{moment.astimezone(PARIS):%a %d %b %H:%M}"


def works(calendar: Calendar, at: datetime) -> bool:
    """The slow model: what does a person say who looks at the clock on the wall?"""
    wall = at.astimezone(calendar.zone)
    if wall.date() in calendar.closed or (calendar.holidays and wall.date() in calendar._holidays):
        return False
    minute = wall.hour * 60 + wall.minute
    return any(opens <= minute < closes for opens, closes in calendar.hours[wall.weekday()])


moments = st.builds(
    lambda around, minutes: around + minutes * MINUTE,
    st.sampled_from(CHANGES),
    st.integers(-3 * 24 * 60, 3 * 24 * 60),
)
exact = st.builds(lambda at, more: at + more, moments, st.timedeltas(timedelta(), MINUTE))
calendars = st.sampled_from(CALENDARS)
durations = st.timedeltas(timedelta(), timedelta(days=9))


@settings(max_examples=150)
@given(calendars, moments, st.integers(0, 36 * 60))
def test_what_is_worked_is_what_the_wall_clock_says(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    slow = sum(works(calendar, start + n * MINUTE) for n in range(minutes))
    assert calendar.between(start, start + minutes * MINUTE) == slow * MINUTE


@given(calendars, exact, durations)
def test_after_is_the_first_moment_by_which_so_much_is_worked(
    calendar: Calendar, start: datetime, duration: timedelta
) -> None:
    due = calendar.after(start, duration)
    assert due.tzinfo is UTC
    assert calendar.between(start, due) == duration
    if duration:
        assert calendar.between(start, due - timedelta(microseconds=1)) < duration


@given(calendars, exact, durations, durations)
def test_more_time_is_never_earlier_and_a_later_start_neither(
    calendar: Calendar, start: datetime, one: timedelta, other: timedelta
) -> None:
    assert calendar.after(start, one) <= calendar.after(start, one + other)
    assert calendar.after(start, one) <= calendar.after(start + other, one)


@given(calendars, exact, durations, durations)
def test_what_is_worked_adds_up(calendar: Calendar, a: datetime, first: timedelta, second: timedelta) -> None:
    b, c = a + first, a + first + second
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
    assert calendar.between(b, a) == timedelta()


@given(calendars, exact, st.integers(1, 12))
def test_business_days_ascend_and_end_in_working_time(calendar: Calendar, start: datetime, days: int) -> None:
    due = calendar.days_after(start, days)
    assert calendar.days_after(start, days - 1) <= due <= calendar.days_after(start, days + 1)
    assert due == calendar.after(start, calendar.between(start, due))


@given(calendars, exact, durations, st.integers(1, 12))
def test_whoever_begins_to_wait_later_is_due_no_earlier(
    calendar: Calendar, start: datetime, after: timedelta, days: int
) -> None:
    assert calendar.days_after(start, days) <= calendar.days_after(start + after, days)


def test_a_weekend_does_not_count() -> None:
    assert shown(OFFICE.after(paris("2026-11-27 17:00"), 4 * HOUR)) == "Mon 30 Nov 12:00"
    assert shown(OFFICE.after(paris("2026-11-28 03:00"), HOUR)) == "Mon 30 Nov 10:00"
    assert shown(OFFICE.after(paris("2026-11-27 17:00"), HOUR)) == "Fri 27 Nov 18:00"


def test_public_holidays_and_closed_days_do_not_count() -> None:
    thursday_before = paris("2026-12-23 17:00")
    assert shown(OFFICE.after(thursday_before, 2 * HOUR)) == "Thu 24 Dec 10:00"
    assert shown(FRENCH.after(thursday_before, 2 * HOUR)) == "Mon 28 Dec 10:00"
    assert shown(FRENCH.days_after(paris("2026-07-13 14:00"), 1)) == "Wed 15 Jul 14:00"


def test_the_holidays_of_a_part_of_a_country() -> None:
    bavaria = replace(OFFICE, holidays="DE-BY")
    epiphany = paris("2027-01-06 09:00")
    assert bavaria.between(epiphany, epiphany + DAY) == timedelta()
    assert replace(OFFICE, holidays="DE-BE").between(epiphany, epiphany + DAY) == 9 * HOUR


def test_the_hour_that_comes_twice_is_worked_twice() -> None:
    night = paris("2026-10-24 22:00")
    assert NIGHTS.after(night, 9 * HOUR) == paris("2026-10-25 06:00")
    first, second = paris("2026-10-25 02:30"), paris("2026-10-25 02:30", fold=1)
    assert second - first == HOUR
    assert NIGHTS.between(first, second) == HOUR


def test_the_hour_that_never_comes_is_not_worked() -> None:
    night = paris("2027-03-27 22:00")
    assert NIGHTS.after(night, 7 * HOUR) == paris("2027-03-28 06:00")
    sunday = paris("2027-03-28 00:00")
    assert SUNDAY_NIGHT.between(sunday, sunday + DAY) == 2 * HOUR
    assert SUNDAY_NIGHT.after(sunday, HOUR) == paris("2027-03-28 03:00")


def test_office_hours_are_the_same_on_the_wall_across_a_change_of_clocks() -> None:
    friday = paris("2026-10-23 17:00")
    monday = OFFICE.after(friday, 2 * HOUR)
    assert shown(monday) == "Mon 26 Oct 10:00"
    assert monday - friday == 2 * DAY + 18 * HOUR  # 65 hours on the wall, and one that came twice


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-27 14:00", 1, "Mon 30 Nov 14:00"),
        ("2026-11-27 20:00", 1, "Mon 30 Nov 18:00"),
        ("2026-11-28 14:00", 1, "Mon 30 Nov 18:00"),
        ("2026-11-28 07:30", 1, "Mon 30 Nov 18:00"),
        ("2026-11-29 23:59", 2, "Tue 01 Dec 18:00"),
        ("2026-11-25 10:30", 5, "Wed 02 Dec 10:30"),
        ("2026-11-25 07:00", 1, "Wed 25 Nov 18:00"),
    ],
)
def test_business_days(start: str, days: int, due: str) -> None:
    assert shown(OFFICE.days_after(paris(start), days)) == due


def test_a_window_may_end_at_midnight_and_go_on_after_it() -> None:
    assert NIGHTS.after(paris("2026-11-25 23:30"), HOUR) == paris("2026-11-26 00:30")


LEVEL = Level(
    "gold",
    OFFICE,
    {"first_response": {"Blocker": Duration(HOUR), "Critical": Duration(4 * HOUR), "Low": Duration(days=2)}},
    frozenset({"Blocker"}),
)


def test_a_blocker_is_answered_at_night_and_everything_else_in_the_morning() -> None:
    night = paris("2026-11-27 23:30")
    blocker, critical = (LEVEL.promise("first_response", p, night) for p in ("Blocker", "Critical"))
    assert blocker
    assert critical
    assert (shown(blocker.warn_at), shown(blocker.due_at)) == ("Sat 28 Nov 00:15", "Sat 28 Nov 00:30")
    assert (shown(critical.warn_at), shown(critical.due_at)) == ("Mon 30 Nov 12:00", "Mon 30 Nov 13:00")
    assert shown(blocker.manager_at) == "Sat 28 Nov 00:45"
    assert shown(critical.manager_at) == "Mon 30 Nov 14:00"


def test_a_target_in_business_days_is_warned_of_in_business_time() -> None:
    promise = LEVEL.promise("first_response", "Low", paris("2026-11-26 09:00"))
    assert promise
    assert (shown(promise.warn_at), shown(promise.due_at)) == ("Fri 27 Nov 13:30", "Fri 27 Nov 18:00")


def test_what_is_not_promised_is_never_due() -> None:
    assert LEVEL.promise("first_response", "Medium", paris("2026-11-26 09:00")) is None


def test_how_long_a_target_usually_takes_counts_nights_and_weekends() -> None:
    whole_day, office = Duration(time=24 * HOUR), Duration(time=9 * HOUR)
    assert ROUND_THE_CLOCK.usually(whole_day) == ROUND_THE_CLOCK.usually(Duration(days=1)) == DAY
    assert OFFICE.usually(office) == OFFICE.usually(Duration(days=1)) == 7 * DAY / 5


def test_of_equal_targets_that_which_runs_day_and_night_is_the_sooner() -> None:
    targets = {"first_response": {"Blocker": Duration(time=HOUR)}, "next_response": {}, "resolution": {}}
    office = Level("office", OFFICE, targets)  # type: ignore[arg-type]
    always = replace(office, round_the_clock=frozenset({"Blocker"}))
    assert always.pace("Blocker") < office.pace("Blocker") < office.pace("Low")
