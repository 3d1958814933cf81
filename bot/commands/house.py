"""Commands of the house's own: a timer has come, a delivery was reported on, a place has moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from bot.model.request import Command, OnCase
from bot.model.rule import HOUSE, Rule


@dataclass(frozen=True, slots=True)
class Due(OnCase):
    """Do what is due by a timer; only the clock asks this. ``kind`` says what."""

    rule: ClassVar[Rule] = HOUSE
    kind: str
    timer: int
    fence: int


@dataclass(frozen=True, slots=True)
class Bounced(Command):
    """Record a bounce of a delivery, signed by us; only the house itself asks this."""

    rule: ClassVar[Rule] = HOUSE
    delivery: int
    outcome: Literal["delayed", "failed", "complained"]
    reason: str
    """The report's own words, one line."""


@dataclass(frozen=True, slots=True)
class PlaceMoved(Command):
    """Let all that is known of a place follow its new address; only the house itself asks this."""

    rule: ClassVar[Rule] = HOUSE
    channel: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ShowAnew(OnCase):
    """Show a case anew in chats, because what stands there was erased; only the house itself asks this."""

    rule: ClassVar[Rule] = HOUSE
