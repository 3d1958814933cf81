"""Commands that change nothing: a queue, one's cases, one case, a search, help."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from bot.commands.verb import Arguments, verb
from bot.model.case_filter import EVERYTHING, CaseFilter
from bot.model.errors import BadCommand
from bot.model.request import Command, OnCase
from bot.model.rule import ASKED, LOOKED_UP, PROVEN_PARTY, Rule
from bot.model.translatable import saying
from bot.syntax import filters

STATES = ("new", "open", "waiting", "resolved", "closed", "all")
PAGE = 30
"""Cases on a page of a letter, or of a message in a chat."""


@dataclass(frozen=True, slots=True)
class CaseListing(Command):
    """The base of commands that list cases: which page is wanted, and how many cases stand on one."""

    page: int = field(default=1, kw_only=True)
    size: int = field(default=PAGE, kw_only=True)

    @property
    def words(self) -> str:
        """The words that ask for the list, without its page: ``queue mine``."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Queue(CaseListing):
    """List the desk's work, most urgent first; what is one's own, or due today, by when it is due."""

    rule: ClassVar[Rule] = LOOKED_UP
    which: CaseFilter = EVERYTHING

    @property
    def words(self) -> str:
        """``queue mine due today``"""
        return f"queue {self.which.words}".strip()


@verb(
    Queue,
    "queue [mine|unassigned|waiting|snoozed|due today|concerns|decisions] [type:…] [account:…] [priority:…] [page]",
    "what there is to do, most urgent first",
)
def queue(words: Arguments) -> Queue:
    """``queue mine due today type:report 2``"""
    text, page = filters.page_of(words.text)
    return Queue(filters.read(text, words.lists), page=page)


@dataclass(frozen=True, slots=True)
class My(CaseListing):
    """List the asker's own cases; ``state``: one of the states, or ``""`` for all that are not closed."""

    rule: ClassVar[Rule] = ASKED
    state: str = ""

    @property
    def words(self) -> str:
        """``my closed``"""
        return f"my {self.state}".strip()


@verb(My, "my [state] [page]", "list your cases", aliases=("cases", "my cases"))
def my(words: Arguments) -> My:
    """``my closed 2``"""
    text, page = filters.page_of(words.text)
    state = text.strip(" .").lower()
    state = filters.AS_READ.get(state, state)
    if state and state not in STATES:
        raise BadCommand(
            saying("“{state}” is no state. There are: {known}.", state=state[:40], known=", ".join(STATES)),
            {"state": saying("is unknown")},
        )
    return My(state, page=page)


@dataclass(frozen=True, slots=True)
class Show(OnCase):
    """Show one case in full."""

    rule: ClassVar[Rule] = PROVEN_PARTY


@verb(Show, "show CS-000123", "show a case in full")
def show(words: Arguments) -> Show:
    """``show 123``"""
    return Show(words.case)


@dataclass(frozen=True, slots=True)
class Search(CaseListing):
    """Find cases by words (specialists)."""

    rule: ClassVar[Rule] = LOOKED_UP
    text: str
    which: CaseFilter = EVERYTHING

    @property
    def words(self) -> str:
        """``search no delivery priority:Critical``"""
        return f"search {self.text} {self.which.words}".strip()


@verb(
    Search,
    "search words [state:…] [type:…] [account:…] [priority:…] [page:…]",
    "find cases by words",
    aliases=("find",),
)
def search(words: Arguments) -> Search:
    """``search discrepancy report state:closed page:2``"""
    unpaged, page = filters.page_of(
        words.needed("words", saying("What shall I look for? search words")), named=True
    )
    text, which = filters.keyed(unpaged, words.lists)
    if not text:
        raise BadCommand(saying("What shall I look for? search words"), {"words": saying("is needed")})
    return Search(text, which, page=page)


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
