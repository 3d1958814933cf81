"""The desk's time zone: its own key, else its calendars'; a wrong one is named with the one that was meant."""

from __future__ import annotations

import pytest

from tests.config.test_service_levels import config, mistakes

PARIS = '[[calendar]]\nname = "paris"\ntime_zone = "Europe/Paris"\n'
OFFICE = '[[calendar]]\ntime_zone = "Asia/Tokyo"\n'
STAFF = '[[staff]]\nname = "Sam"\nmail = "sam@desk.example"\n'


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("", "UTC"),
        (PARIS, "Europe/Paris"),
        (OFFICE, "Asia/Tokyo"),
        (PARIS + OFFICE, "Asia/Tokyo"),
        (f'time_zone = "America/New_York"\n{OFFICE}', "America/New_York"),
    ],
    ids=["nothing", "the first calendar", "office", "office, which comes second", "its own key"],
)
def test_whose_zone_a_desk_has(text: str, zone: str) -> None:
    assert config(text).zone.key == zone


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "desk.time_zone"),
        (STAFF, "staff[1].time_zone"),
        ('[[account]]\nname = "Acme"\n', "account[1].time_zone"),
    ],
)
@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Tokyo", "; did you mean Asia/Tokyo?"),
        ("new york", "; did you mean America/New_York?"),
        ("europe/berlin", "; did you mean Europe/Berlin?"),
        ("Europe/Brelin", "; did you mean Europe/Berlin?"),
        ("Europe", ""),
        ("../etc/passwd", ""),
        ("?", ""),
    ],
)
def test_a_wrong_zone_is_named_with_the_one_that_was_meant(
    text: str, key: str, written: str, meant: str
) -> None:
    (mistake,) = mistakes(f'{text}time_zone = "{written}"\n')
    assert mistake.startswith(f"{key}: must be a time zone, as Europe/Paris")
    assert not meant or mistake.endswith(meant)
