"""Commands of a specialist's work: ask for information, wait, a workaround, case fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from bot.commands import DESK, OnCase, Rule

CaseField = Literal["type", "category", "ids", "subject", "requester"]


@dataclass(frozen=True, slots=True)
class AskFor(OnCase):
    """Ask the customers for material, and wait for it."""

    rule: ClassVar[Rule] = DESK
    text: str


@dataclass(frozen=True, slots=True)
class Wait(OnCase):
    """Wait for the customer."""

    rule: ClassVar[Rule] = DESK


@dataclass(frozen=True, slots=True)
class Workaround(OnCase):
    """Answer with something that helps for now."""

    rule: ClassVar[Rule] = DESK
    text: str


@dataclass(frozen=True, slots=True)
class SetField(OnCase):
    """Set a field of a case. A new type empties the category; a requester is a mail address.

    ``category``: of that type, if both were given at once.
    """

    rule: ClassVar[Rule] = DESK
    field: CaseField
    value: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Handover(OnCase):
    """Close a case as out of scope, and send its conversation to the customer's local service team.

    ``why`` is for the team and the desk, never for the customer.
    """

    rule: ClassVar[Rule] = DESK
    why: str = ""
