"""When people work: the time zone, the holidays and the hours of the calendar "office"."""

from __future__ import annotations

import os
import re
from pathlib import Path
from zoneinfo import available_timezones

from bot.channel.setup import Dialog, EditedConfig
from bot.cli.setup_dialog.dialog import valid
from bot.config.service_levels import DAY_NAMES, OFFICE, WORKDAY, CalendarSection, WeekSection

_HOUR = re.compile(r"\b(\d{1,2})(?:[:.h](\d\d))?h?(?=[-,]|$)")
"""A time of the day as people type it: ``9``, ``9:30``, ``9.30``, ``9h30``."""


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
        before = list(config.get(f"{office}.hours.monday", WORKDAY))
        hours = dialog.ask(
            "From when to when, Monday to Friday (a break: 9-12:30, 14-18)?", ", ".join(before), check=_hours
        ).split(",")
        config.put(f"{office}.name", OFFICE)
        config.put(f"{office}.time_zone", zone)
        config.put(f"{office}.holidays", holidays)
        for day in DAY_NAMES[:5] if hours != before else ():
            if tuple(hours) == WORKDAY:
                config.drop(f"{office}.hours.{day}")
            else:
                config.put(f"{office}.hours.{day}", hours)


def _office(config: EditedConfig) -> str:
    """Where that calendar is in the file, or would be."""
    names = [row.get("name", OFFICE) for row in config.get("calendar", ())]
    return f"calendar[{(names.index(OFFICE) if OFFICE in names else len(names)) + 1}]"


def _hours(answer: str) -> str:
    """Windows with commas between them: ``9-12, 2:30-18`` → ``09:00-12:00,02:30-18:00``."""
    plain = answer.replace(" ", "").replace("–", "-")
    full = _HOUR.sub(lambda hour: f"{int(hour[1]):02}:{hour[2] or '00'}", plain)
    return valid(WeekSection, "monday", several=True)(full)


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
