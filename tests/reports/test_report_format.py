"""Durations, shares and changes at the limits of a report's formats."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.reports.format import age, change, share, worked


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        (None, "–"),
        (timedelta(0), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(minutes=59, seconds=31), "1 h"),
        (timedelta(minutes=61), "1 h 1 min"),
        (hours(99.5), "99 h 30 min"),
        (hours(100), "100 h"),
        (hours(100.5), "100 h"),
        (hours(132), "132 h"),
    ],
)
def test_working_time_has_minutes_below_a_hundred_hours(time: timedelta | None, shown: str) -> None:
    assert worked(time) == shown


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        (timedelta(seconds=-1), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (hours(1), "1 h"),
        (hours(23.9), "23 h"),
        (hours(24), "1 d"),
        (hours(25), "1 d 1 h"),
        (hours(9 * 24 + 23), "9 d 23 h"),
        (hours(10 * 24 + 1), "10 d"),
    ],
)
def test_an_age_has_hours_below_ten_days(time: timedelta, shown: str) -> None:
    assert age(time) == shown


@pytest.mark.parametrize(
    ("of_one", "shown"),
    [(None, "–"), (0.0, "0 %"), (0.001, "1 %"), (0.914, "91 %"), (0.999, "99 %"), (1.0, "100 %")],
)
def test_a_share_is_never_rounded_to_none_or_all(of_one: float | None, shown: str) -> None:
    assert share(of_one) == shown


@pytest.mark.parametrize(
    ("now", "before", "shown"),
    [(3, 3, "="), (0, 0, "="), (1, 0, "–"), (3, 2, "+50 %"), (1, 2, "−50 %"), (1000, 1001, "±0 %")],
)
def test_a_change_has_its_sign(now: float, before: float, shown: str) -> None:
    assert change(now, before) == shown
