"""Reloadable sections: what of the config is taken in anew while the desk runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.config.settings import AccountSection, StaffSection, TurnsSection
from bot.model.working_time import Calendar, Level


@dataclass(frozen=True, slots=True, eq=False)
class ReloadableSections:
    """The people of the desk, its customers, and what is promised to them; replaced as a whole."""

    staff: tuple[StaffSection, ...]
    accounts: tuple[AccountSection, ...]
    levels: Mapping[str, Level]
    """Service levels by name; ``standard`` is always there."""
    office: Calendar
    """The calendar of that name."""
    calendars: Mapping[str, Calendar]
    """All of them, by name."""
    turns: tuple[TurnsSection, ...]


class Reloadable:
    """Where the reloadable sections are looked up; all are replaced by one assignment."""

    def __init__(self, sections: ReloadableSections) -> None:
        self.now = sections
