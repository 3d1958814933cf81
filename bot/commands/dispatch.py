"""Commands about what was sent: taken back, tried again, corrected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.commands.verb import Arguments, verb
from bot.model.identity import Identity
from bot.model.request import OnCase
from bot.model.rule import DESK, Rule


@dataclass(frozen=True, slots=True)
class Undo(OnCase):
    """Take back what was sent to the customers a moment ago; 0: whatever was sent last on the case."""

    rule: ClassVar[Rule] = DESK
    dispatch: int = 0


@verb(Undo, "undo", "take back what was sent a moment ago from a chat: while it waits, nobody has it")
def undo(words: Arguments) -> Undo:
    """``undo``"""
    return Undo(words.case)


@dataclass(frozen=True, slots=True)
class Retry(OnCase):
    """Deliver once more what could not be delivered."""

    rule: ClassVar[Rule] = DESK
    delivery: int


@dataclass(frozen=True, slots=True)
class Edit(OnCase):
    """Change what was sent by a message: in time, it changes what is sent; else a correction is offered."""

    rule: ClassVar[Rule] = DESK
    text: str
    """The change as it is kept."""
    original: str
    """The key of the request that sent it."""
    anew: str
    """What the message says now; empty: it was deleted."""
    mentioned: tuple[Identity, ...] = ()
    """Whom it mentions now."""


@dataclass(frozen=True, slots=True)
class Correct(OnCase):
    """Send the changed words of an answer to those who have its first ones; ``entry`` has the change."""

    rule: ClassVar[Rule] = DESK
    entry: int
