"""When people work: the time zone, the holidays and the hours of the calendar "office"."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import available_timezones

from bot.channel.setup import Dialog, EditedConfig
from bot.cli.setup_dialog.dialog import valid
from bot.config.service_levels import DAY_NAMES, OFFICE, WORKDAY, CalendarSection, WeekSection


class HoursStep:
    """A ``bot.channel.setup.SetupStep``."""

    name, title, door = "hours", "When you work", ""

    def summary(self, config: EditedConfig) -> str:
        """The zone, and the holidays."""
        zone, holidays = (config.get(f"{_office(config)}.{key}", "") for key in ("time_zone", "holidays"))
        return ", holidays of ".join(filter(None, (zone, holidays)))

    def ask(self, config: EditedConfig, dialog: Dialog) -> None:
        """Ask for the three; what is as usual is not written."""
        office = _office(config)
        zone = dialog.ask(
            "In which time zone?",
            str(config.get(f"{office}.time_zone", "") or _of_this_machine()),
            check=valid(CalendarSection, "time_zone"),
        )
        holidays = dialog.ask(
            "Whose public holidays are free, as FR or DE-BY?",
            str(config.get(f"{office}.holidays", "")),
            check=lambda answer: valid(CalendarSection, "holidays")(answer.upper()),
            optional=True,
        )
        hours = dialog.ask("From when to when, Monday to Friday?", WORKDAY[0], check=_hours)
        config.put(f"{office}.name", OFFICE)
        config.put(f"{office}.time_zone", zone)
        config.put(f"{office}.holidays", holidays)
        if (hours,) != WORKDAY:
            for day in DAY_NAMES[:5]:
                config.put(f"{office}.hours.{day}", [hours])


def _office(config: EditedConfig) -> str:
    """Where that calendar is in the file, or would be."""
    names = [row.get("name", OFFICE) for row in config.get("calendar", ())]
    return f"calendar[{(names.index(OFFICE) if OFFICE in names else len(names)) + 1}]"


def _hours(answer: str) -> str:
    return valid(WeekSection, "monday", several=True)(answer.replace(" ", "").replace("–", "-"))


def _of_this_machine() -> str:
    """This machine's time zone; UTC if it is not to be had."""
    for place in (os.environ.get("TZ", "").lstrip(":"), *_configured()):
        if place in available_timezones():
            return place
    return "UTC"


def _configured() -> list[str]:
    """What /etc says of it."""
    zone = os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    try:
        return [zone, Path("/etc/timezone").read_text(encoding="utf-8").strip()]
    except OSError:
        return [zone]
