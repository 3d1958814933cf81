"""Moments, days and durations as each language writes them, by the clock of whoever reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.languages import locale_formats
from bot.languages.catalogue import mail_languages
from bot.languages.reader_zone import city, local, reading, zone

AT = datetime(2026, 11, 25, 22, 3, tzinfo=UTC)
SUMMER = AT.replace(month=6)


def shown(place: str, language: str = "en", at: datetime = AT) -> str:
    with reading(ZoneInfo(place)):
        return locale_formats.moment(at, language)


@pytest.mark.parametrize(
    ("place", "written"),
    [
        ("UTC", "25 Nov 2026, 22:03 UTC"),
        ("Europe/Berlin", "25 Nov 2026, 23:03 CET"),
        ("Europe/London", "25 Nov 2026, 22:03 GMT"),
        ("America/New_York", "25 Nov 2026, 17:03 EST"),
        ("Asia/Tokyo", "26 Nov 2026, 07:03 JST"),
        ("Asia/Kolkata", "26 Nov 2026, 03:33 IST"),
        ("America/Sao_Paulo", "25 Nov 2026, 19:03 GMT-3"),
        ("Asia/Singapore", "26 Nov 2026, 06:03 GMT+8"),
        ("Asia/Kathmandu", "26 Nov 2026, 03:48 GMT+5:45"),
        ("America/St_Johns", "25 Nov 2026, 18:33 NST"),
        ("Pacific/Marquesas", "25 Nov 2026, 12:33 GMT-9:30"),
    ],
)
def test_a_zone_is_called_as_people_call_it_and_by_its_distance_where_they_do_not(
    place: str, written: str
) -> None:
    assert shown(place) == written


def test_a_moment_is_written_as_the_language_does() -> None:
    assert {language: shown("Europe/Berlin", language) for language in mail_languages()} == {
        "de": "25. Nov. 2026, 23:03 Uhr MEZ",
        "en": "25 Nov 2026, 23:03 CET",
        "es": "25 nov. 2026, 23:03 CET",
        "fr": "25\u00a0nov. 2026 à 23:03\u00a0CET",
        "it": "25 nov 2026, 23:03 CET",
        "ja": "2026年11月25日 23:03 CET",
        "pl": "25 listopada 2026, 23:03 CET",
        "pt": "25 de nov. de 2026, 23:03 CET",
    }
    assert shown("Europe/Berlin", "de", SUMMER) == "26. Juni 2026, 00:03 Uhr MESZ"
    assert shown("Europe/Lisbon", "de") == "25. Nov. 2026, 22:03 Uhr WEZ"
    assert shown("Asia/Tokyo", "de") == "26. Nov. 2026, 07:03 Uhr JST"
    assert shown("Asia/Tokyo", "eo") == "2026-11-26 07:03 JST"


def test_a_day_is_the_readers_day() -> None:
    with reading(ZoneInfo("Asia/Tokyo")):
        assert locale_formats.day(AT, "en") == "26 Nov 2026"
        with reading(ZoneInfo("America/New_York")):
            assert locale_formats.day(AT, "en") == "25 Nov 2026"
        assert local(AT).day == 26, "as before"
    assert zone().key == "UTC"


def test_a_column_is_named_after_a_place() -> None:
    assert [city(ZoneInfo(name)) for name in ("UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires")] == [
        "UTC", "Berlin", "Buenos Aires",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "durations"),
    [
        ("en", ["1 hour 30 minutes", "1 minute", "2 days", "5 seconds"]),
        ("de", ["1 Stunde 30 Minuten", "1 Minute", "2 Tage", "5 Sekunden"]),
        ("es", ["1 hora 30 minutos", "1 minuto", "2 días", "5 segundos"]),
        ("fr", ["1\u00a0heure 30\u00a0minutes", "1\u00a0minute", "2\u00a0jours", "5\u00a0secondes"]),
        ("it", ["1 ora 30 minuti", "1 minuto", "2 giorni", "5 secondi"]),
        ("ja", ["1時間 30分", "1分", "2日", "5秒"]),
        ("pl", ["1 godzina 30 minut", "1 minuta", "2 dni", "5 sekund"]),
        ("pt", ["1 hora 30 minutos", "1 minuto", "2 dias", "5 segundos"]),
        ("eo", ["1 h 30 min", "1 min", "2 d", "5 s"]),
    ],
)
def test_a_duration_is_said_in_the_language(language: str, durations: list[str]) -> None:
    assert [locale_formats.duration(text, language) for text in ("1h30m", "1m", "2d", "5s")] == durations


@pytest.mark.parametrize(
    ("count", "word"),
    [(1, "minuta"), (2, "minuty"), (4, "minuty"), (5, "minut"), (12, "minut"), (22, "minuty"), (90, "minut")],
)
def test_polish_has_a_form_for_a_few(count: int, word: str) -> None:
    assert locale_formats.duration(f"{count}m", "pl") == f"{count} {word}"
