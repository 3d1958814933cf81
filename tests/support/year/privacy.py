"""What people ask of the desk about themselves in a year, and what its operator does, as the process says it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.request import Command
from tests.support.year.cast import CUSTOMERS
from tests.support.year.model import Model, Story


@dataclass(frozen=True, slots=True)
class NameZone(Command):
    """A customer's own time zone is set."""

    who: str


OPERATORS = (NameZone,)
"""What only the desk's operator does."""


def zone_named(model: Model, story: Story, who: str, asked: NameZone) -> None:
    model.zones[asked.who] = CUSTOMERS[asked.who].zone
