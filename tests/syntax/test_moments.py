"""Moments that people type, in the desk's calendar."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.model.errors import BadCommand
from bot.model.working_time import Calendar
from bot.syntax.moments import moment, written

PARIS = Calendar(
    ZoneInfo("Europe/Paris"),
    (((540, 1080),),) * 5 + ((),) * 2,
    closed=frozenset({datetime(2026, 12, 25).date()}),
)
TUESDAY = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)  # 10:30 in Paris


@pytest.mark.parametrize(
    ("words", "local"),
    [
        ("until Monday", "2026-12-07 09:00"),
        ("Monday 9:00", "2026-12-07 09:00"),
        ("mon at 14:30", "2026-12-07 14:30"),
        ("until next Friday", "2026-12-04 09:00"),
        ("tuesday", "2026-12-08 09:00"),
        ("tomorrow", "2026-12-02 09:00"),
        ("tomorrow 5pm", "2026-12-02 17:00"),
        ("tomorrow 12pm", "2026-12-02 12:00"),
        ("tomorrow 12am", "2026-12-02 00:00"),
        ("tomorrow 1am", "2026-12-02 01:00"),
        ("tomorrow 23:59", "2026-12-02 23:59"),
        ("today 18:00", "2026-12-01 18:00"),
        ("14:30", "2026-12-01 14:30"),
        ("until 9:00", "2026-12-02 09:00"),
        ("10:30", "2026-12-02 10:30"),
        ("10:31", "2026-12-01 10:31"),
        ("1 minute", "2026-12-01 10:31"),
        ("2027-12-02 10:30", "2027-12-02 10:30"),
        ("2026-12-24", "2026-12-24 09:00"),
        ("2026-12-24 8:15.", "2026-12-24 08:15"),
        ("saturday", "2026-12-05 09:00"),
        ("3 days", "2026-12-04 09:00"),
        ("for 4 days", "2026-12-07 09:00"),
        ("in 24 days", "2026-12-28 09:00"),
        ("a week", "2026-12-08 09:00"),
        ("2 weeks at 11:00", "2026-12-15 11:00"),
        ("90 minutes", "2026-12-01 12:00"),
        ("2h", "2026-12-01 12:30"),
    ],
)
def test_a_moment_is_meant_by_the_desks_clock(words: str, local: str) -> None:
    at = moment(words, now=TUESDAY, calendar=PARIS)
    assert at.tzinfo is UTC
    assert f"{at.astimezone(PARIS.zone):%Y-%m-%d %H:%M}" == local


@pytest.mark.parametrize(
    "words",
    [
        "",
        "soon",
        "m",
        "tu",
        "today 9:00",
        "today 10:30",
        "0 minutes",
        "2027-12-02 10:31",
        "2025-01-01",
        "2030-01-01",
        "13pm",
        "0am",
        "tomorrow 13am",
        "tomorrow 9:60",
        "monday 24:00",
        "3 days 99:00",
        "9",
        "\u0663 days",
    ],
)
def test_what_is_none_is_refused_with_examples(words: str) -> None:
    with pytest.raises(BadCommand, match="Examples"):
        moment(words, now=TUESDAY, calendar=PARIS)


@pytest.mark.parametrize(
    ("words", "why"), [("today 10:30", "in the past"), ("2027-12-02 10:31", "more than a year away")]
)
def test_a_moment_that_is_refused_is_named_with_the_reason(words: str, why: str) -> None:
    with pytest.raises(BadCommand, match=why):
        moment(words, now=TUESDAY, calendar=PARIS)


def test_a_day_of_summer_time_begins_by_the_wall_clock() -> None:
    at = moment("2027-03-29", now=datetime(2027, 3, 26, 12, tzinfo=UTC), calendar=PARIS)
    assert at == datetime(2027, 3, 29, 7, tzinfo=UTC)


def test_it_is_written_with_the_desks_zone() -> None:
    assert written(TUESDAY, PARIS) == "Tue 1 Dec 2026, 10:30 CET"
