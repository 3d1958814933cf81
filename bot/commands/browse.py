"""Commands that change nothing: a queue, one's cases, one case, a search, help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.commands.verb import Arguments, verb
from bot.model.errors import BadCommand
from bot.model.request import Command, OnCase
from bot.model.rule import ASKED, LOOKED_UP, PROVEN_PARTY, Rule
from bot.model.translatable import saying

STATES = ("new", "open", "waiting", "resolved", "closed", "all")
QUEUES = ("unassigned", "mine", "concerns", "snoozed")


@dataclass(frozen=True, slots=True)
class Queue(Command):
    """List the desk's work, most urgent first: ``""``, or one of ``QUEUES``."""

    rule: ClassVar[Rule] = LOOKED_UP
    which: str = ""


@verb(Queue, "queue [unassigned|mine|concerns|snoozed]", "what there is to do, most urgent first")
def queue(words: Arguments) -> Queue:
    """``queue mine``"""
    which = words.text.strip(" .").lower()
    if which and which not in QUEUES:
        raise BadCommand(
            f"“{which[:40]}” is no queue. There are: {', '.join(QUEUES)}.", {"which": "is unknown"}
        )
    return Queue(which)


@dataclass(frozen=True, slots=True)
class My(Command):
    """List the asker's own cases; ``state``: one of the states, or ``""`` for all that are not closed."""

    rule: ClassVar[Rule] = ASKED
    state: str = ""


@verb(My, "my [state]", "list your cases", aliases=("cases", "my cases"))
def my(words: Arguments) -> My:
    """``my closed``"""
    state = words.text.strip(" .").lower()
    if state and state not in STATES:
        raise BadCommand(
            saying("“{state}” is no state. There are: {known}.", state=state[:40], known=", ".join(STATES)),
            {"state": "is unknown"},
        )
    return My(state)


@dataclass(frozen=True, slots=True)
class Show(OnCase):
    """Show one case in full."""

    rule: ClassVar[Rule] = PROVEN_PARTY


@verb(Show, "show CS-000123", "show a case in full")
def show(words: Arguments) -> Show:
    """``show 123``"""
    return Show(words.case)


@dataclass(frozen=True, slots=True)
class Search(Command):
    """Find cases by words (specialists)."""

    rule: ClassVar[Rule] = LOOKED_UP
    text: str


@verb(Search, "search words", "find cases by words", aliases=("find",))
def search(words: Arguments) -> Search:
    """``search discrepancy report``"""
    return Search(words.needed("words", "What shall I look for? search words"))


@dataclass(frozen=True, slots=True)
class Help(Command):
    """Explain what can be asked here, and how."""

    rule: ClassVar[Rule] = ASKED
    topic: str = ""


@verb(Help, "help [verb]", "what can be asked, and how")
def help_(words: Arguments) -> Help:
    """``help close``"""
    return Help(words.text.strip().lower())


@dataclass(frozen=True, slots=True)
class Unclear(Command):
    """Command words that could not be understood; answered with ``why``, changes nothing."""

    rule: ClassVar[Rule] = ASKED
    words: str
    why: str
