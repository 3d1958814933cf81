"""Calendars and service levels in the config: what is there by itself, and what is refused with its key."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.channel.installed import sections
from bot.config.errors import ConfigMistakes
from bot.config.load import Config, load
from bot.config.service_levels import span
from bot.model.working_time import Duration
from tests.support.setup.config import SECRET

DESK = f'[desk]\nsecrets = ["{SECRET}"]\n'
FRIDAY_EVENING = datetime(2026, 11, 27, 17, tzinfo=UTC)


def config(text: str = "") -> Config:
    file = Path("config.toml")
    file.write_text(DESK + text, encoding="utf-8")
    return load(file, sections())


def mistakes(text: str) -> list[str]:
    with pytest.raises(ConfigMistakes) as caught:
        config(text)
    return [re.sub(r"^config\.toml:\d+: ", "", line) for line in caught.value.mistakes]


def due(found: Config, level: str, priority: str) -> datetime | None:
    promise = found.levels[level].promise("first_response", priority, FRIDAY_EVENING)
    return promise.due_at if promise else None


def test_a_desk_has_office_hours_and_targets_by_itself() -> None:
    found = config()
    assert due(found, "standard", "Blocker") == FRIDAY_EVENING + timedelta(hours=1)
    assert due(found, "standard", "Critical") == datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert due(found, "standard", "Low") == datetime(2026, 12, 1, 15, tzinfo=UTC)
    assert (found.survey.period_days, found.survey.delay_days, found.desk.confirm_days) == (90, 3, 5)


def test_an_operators_calendar_and_level_are_counted_with() -> None:
    found = config(
        '[[calendar]]\nname = "paris"\ntime_zone = "Europe/Paris"\nholidays = "FR"\nclosed = ["2026-11-30"]\n'
        '[calendar.hours]\ntuesday = ["09:00-12:00", "14:00-00:00"]\n'
        '[[service_level]]\nname = "gold"\ncalendar = "paris"\nround_the_clock = []\n'
        '[service_level.first_response]\nBlocker = "4h30m"\nLow = "2d"\n'
        '[[account]]\nname = "Acme"\nservice_level = "gold"\n'
    )
    assert due(found, "gold", "Blocker") == datetime(2026, 12, 1, 14, 30, tzinfo=UTC)
    assert due(found, "gold", "Low") == datetime(2026, 12, 2, 17, tzinfo=UTC)
    assert due(found, "gold", "Medium") is None
    assert due(found, "standard", "Critical") is not None


def test_one_of_the_same_name_replaces_what_is_shipped() -> None:
    found = config(
        '[[calendar]]\ntime_zone = "Asia/Tokyo"\n[[service_level]]\n[service_level.first_response]\nLow = "1h"\n'
    )
    assert due(found, "standard", "Low") == datetime(2026, 11, 30, 1, tzinfo=UTC)
    assert due(found, "standard", "Critical") is None


def test_one_key_of_the_environment_moves_the_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEBOT_CALENDAR__0__TIME_ZONE", "Asia/Tokyo")
    assert due(config(), "standard", "Medium") == datetime(2026, 11, 30, 8, tzinfo=UTC)


def test_a_closed_day_may_be_written_as_a_date() -> None:
    found = config("[[calendar]]\nclosed = [2026-11-30]\n")
    assert due(found, "standard", "Critical") == datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_priorities_of_ones_own_have_the_targets_that_are_given() -> None:
    lists = '[lists]\npriorities = ["High", "Low"]\ndefault_priority = "Low"\n'
    assert due(config(lists), "standard", "High") is None
    assert due(config(lists), "standard", "Low") is not None


def test_every_mistake_is_named_with_its_key() -> None:
    said = mistakes(
        'confirm_days = 0\n[[calendar]]\nname = "x"\ntime_zone = "Europe/Pariss"\nholidays = "Narnia"\n'
        'closed = ["Christmas"]\n[calendar.hours]\nmonday = ["9-18"]\ntuesday = ["18:00-09:00"]\n'
        'wednesday = ["09:00-13:00", "12:00-18:00"]\nthursday = ["09:00-25:00"]\nfunday = []\n'
        '[[calendar]]\nname = "DE"\nholidays = "DE-XX"\n[[calendar]]\nname = "x"\n'
        '[[service_level]]\nname = "gold"\ncalendar = "nowhere"\nround_the_clock = ["Panic"]\nwarn_at = 0\n'
        'manager_at = 99\nsolution = "1h"\n'
        '[service_level.first_response]\nBlocker = "soon"\nCritical = "0h"\nMedium = "2 days"\nLw = "1h"\n'
        '[[account]]\nname = "Acme"\nservice_level = "god"\n[survey]\nperiod_days = -1\n'
    )
    assert sorted(said) == sorted(
        [
            "desk.confirm_days: must be 1 or more",
            "calendar[1].time_zone: must be a time zone, as Europe/Paris; did you mean Europe/Paris?",
            "calendar[1].holidays: must be a country whose holidays we know, as FR, or a part of one, as DE-BY",
            "calendar[1].closed[1]: must be a day, as 2026-12-24",
            "calendar[1].hours.monday: must be hours as 09:00-18:00",
            "calendar[1].hours.tuesday: 18:00-09:00 ends before it begins; what is after midnight belongs to the "
            "next day",
            "calendar[1].hours.wednesday: must come one after the other",
            "calendar[1].hours.thursday: 09:00-25:00 ends after midnight, which is 24:00",
            "calendar[1].hours.funday: there is no such key; did you mean sunday?",
            *[
                line
                for line in said
                if line.startswith("calendar[2].holidays: DE has no part XX; we know BB, BE")
            ],
            "calendar.name: x is there twice",
            "service_level[1].calendar: nowhere is not in [[calendar]]",
            "service_level[1].round_the_clock: Panic is not in lists.priorities",
            "service_level[1].warn_at: must be 1 or more",
            "service_level[1].manager_at: must be 100 or more",
            "service_level[1].solution: there is no such key; did you mean resolution?",
            *[
                f"service_level[1].first_response.{name}: must be a time, as 30m, 4h, 1h30m, or 2d for two "
                "business days"
                for name in ("Blocker", "Critical", "Medium")
            ],
            "service_level[1].first_response: Lw is not in lists.priorities",
            "account[1].service_level: god is not in [[service_level]]",
            "survey.period_days: must be 0 or more",
        ]
    )
    assert len(said) == 22


def test_a_calendar_must_be_open_on_some_day() -> None:
    days = "".join(f"{day} = []\n" for day in ("monday", "tuesday", "wednesday", "thursday", "friday"))
    assert mistakes(f"[[calendar]]\n[calendar.hours]\n{days}") == [
        "calendar[1].hours: must have working hours on some day"
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("30m", Duration(timedelta(minutes=30))),
        ("4h", Duration(timedelta(hours=4))),
        ("1h30m", Duration(timedelta(minutes=90))),
        ("2d", Duration(days=2)),
    ],
)
def test_spans(text: str, meant: Duration) -> None:
    assert span(text) == meant


@pytest.mark.parametrize("text", ["", "4", "h", "-1h", "1h 30m", "2d4h", "0d", "9999h", "367d", "1H", "٤h"])
def test_what_is_no_span(text: str) -> None:
    with pytest.raises(ValueError, match="must be a time"):
        span(text)
