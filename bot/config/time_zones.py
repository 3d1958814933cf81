"""Time zones as the config and people's files name them: by the tz database's names, as Europe/Paris."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator


def checked(name: str) -> str:
    """The name of a zone that there is. Raises ``ValueError`` in words, with what was perhaps meant."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = _near(name)
        suggestion = f"; did you mean {near}?" if near else ""
        raise ValueError(f"must be a time zone, as Europe/Paris{suggestion}") from None
    return name


def _near(name: str) -> str:
    """The zone with a name, or a place, that is written nearly so, or ``""``."""
    zones = sorted(available_timezones())
    written = name.strip().replace(" ", "_").casefold()
    same = [zone for zone in zones if written in (zone.casefold(), zone.casefold().rpartition("/")[2])]
    return next(iter(same or get_close_matches(name, zones, 1)), "")


def _checked_or_nothing(name: str) -> str:
    return checked(name) if name else ""


TimeZone = Annotated[str, AfterValidator(checked)]
TimeZoneOrNothing = Annotated[str, AfterValidator(_checked_or_nothing)]
