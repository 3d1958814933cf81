"""Commands of a broadcast: the customers of many cases are told the same, after one confirmation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.commands.verb import Arguments, verb
from bot.model.errors import BadCommand
from bot.model.request import Command
from bot.model.rule import DESK, Rule
from bot.model.translatable import saying


@dataclass(frozen=True, slots=True)
class PlanBroadcast(Command):
    """Choose cases and words; nothing is sent. ``numbers`` are chosen besides what fits the filters."""

    rule: ClassVar[Rule] = DESK
    text: str
    types: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


@verb(PlanBroadcast, "broadcast", "tell the customers of many cases the same, as in an incident (managers)")
def broadcast(words: Arguments) -> PlanBroadcast:
    """A broadcast is looked at before it goes out, so no line of words can send one."""
    raise BadCommand(
        saying(
            "A broadcast is looked at before it goes out, so nothing was done. It has a form in the desk's chat, and "
            "on the command line: casebot broadcast send."
        ),
        {"text": saying("is written in a form")},
    )


@dataclass(frozen=True, slots=True)
class SendBroadcast(Command):
    """Send what was planned, once."""

    rule: ClassVar[Rule] = DESK
    broadcast: int
