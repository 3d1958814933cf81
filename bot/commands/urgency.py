"""Commands about urgency: another priority, a technical contact, a concern that is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.commands import DESK, LOOKED_UP, PROVEN_PARTY, Command, OnCase, Rule


@dataclass(frozen=True, slots=True)
class ChangePriority(OnCase):
    """Change a case's priority (a specialist), or ask for it (a customer); ``text`` says why."""

    rule: ClassVar[Rule] = PROVEN_PARTY
    priority: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class DecidePriority(OnCase):
    """Grant or decline what a customer asked for; ``text`` says why."""

    rule: ClassVar[Rule] = DESK
    granted: bool
    text: str = ""
    wanted: str = ""
    """What was asked for when they decided; empty: whatever is asked for now."""


@dataclass(frozen=True, slots=True)
class NameContact(OnCase):
    """Name the person who can always be reached about a Blocker; no ``name``: the asker."""

    rule: ClassVar[Rule] = PROVEN_PARTY
    phone: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class TakeConcern(OnCase):
    """Take a case's concern, and tell the customer so; ``text`` is for them."""

    rule: ClassVar[Rule] = DESK
    text: str = ""


@dataclass(frozen=True, slots=True)
class Queue(Command):
    """List the desk's work, most urgent first: ``""``, or ``unassigned``, ``mine``, ``concerns``."""

    rule: ClassVar[Rule] = LOOKED_UP
    which: str = ""
