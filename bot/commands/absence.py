"""Commands about who is there: away, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.commands.verb import Arguments, verb
from bot.model.request import Command
from bot.model.rule import DESK, Rule


@dataclass(frozen=True, slots=True)
class Away(Command):
    """Get no case by turn from now on; until a moment as it was typed, or until one is back (empty)."""

    rule: ClassVar[Rule] = DESK
    until: str = ""


@verb(Away, "away [until when]", "get no new case by turn until then, or until you are back")
def away(words: Arguments) -> Away:
    """``away until Friday``"""
    return Away(words.text.strip())


@dataclass(frozen=True, slots=True)
class Back(Command):
    """Be there again."""

    rule: ClassVar[Rule] = DESK


@verb(Back, "back", "be there again")
def back(words: Arguments) -> Back:
    """``back``"""
    return Back()
