"""Template facts: frozen, with public and internal words of different types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.brand.palette import Palette


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """The desk as it signs: one mailbox's name and address, and the three entries."""

    name: str
    address: str
    docs_url: str = ""
    create_url: str = ""
    """mailto: link that opens a case."""
    my_url: str = ""
    """mailto: link that asks for one's own cases."""
    palette: Palette | None = None
    """Its brand's colours, where an operator has set one."""
    command: str = ""
    """What is typed for a command where it is read: ``/case``; empty where that is none of the channel's."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case as customers may see it."""

    number: str
    """``CS-000123``."""
    subject: str
    state: str
    priority: str
    type: str = ""
    category: str = ""
    ids: tuple[str, ...] = ()
    requester: str = ""
    owner: str = ""
    """The specialist's name, or empty while nobody has taken it."""
    opened_at: datetime | None = None
    feature: str = ""
    """What of the product is impacted."""
    team: str = ""
    """Who helps instead, where it was closed as out of scope: an address, or empty."""
    url: str = ""
    """A signed link to its page, for the very reader who is told; empty: there is none for them."""
    upload_url: str = ""
    """A signed link to the page where this reader sends files of any size, while the case is open; else empty."""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """An attachment in words."""

    name: str
    size: int
    id: int = 0
    """What it is fetched by from the case's page; 0: nowhere here."""


@dataclass(frozen=True, slots=True)
class PublicEntry:
    """An entry that the case's customers may read."""

    author: str
    text: str
    at: datetime
    files: tuple[FileFacts, ...] = ()
    emphasis: tuple[tuple[str, str], ...] = ()
    """Styles and the words of the text that have them (``bot.model.message.Said``)."""
    called: str = ""
    """What commands call it: ``e-k4q7x2``; empty where it stands for no entry of its own."""
    side: str = ""
    """Who speaks, to the reader of a page: ``own`` (themselves), ``customer`` (another) or ``desk``."""
    folded: str = ""
    """A message that came forwarded or quoted with the text (``bot.model.message.Part``)."""


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """An article that may help."""

    title: str
    url: str
    solved_url: str = ""
    """A signed link by which the very reader says that it did; empty: there is none for them."""


@dataclass(frozen=True, slots=True)
class InternalEntry:
    """An internal note. Templates for customers never get one."""

    author: str
    text: str
    at: datetime
    files: tuple[FileFacts, ...] = ()
    emphasis: tuple[tuple[str, str], ...] = ()
    called: str = ""
    """What commands call it: ``e-k4q7x2``; empty where it stands for no entry of its own."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of a transcript."""

    words: str
    """What was understood, or the words as written."""
    outcome: str
    """``done``, ``refused`` or ``unclear``."""
    text: str
    """What happened or why not, one or two sentences."""


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in a list."""

    number: str
    subject: str
    state: str
    priority: str
    requester: str
    owner: str
    updated_at: datetime
    held: bool = False
    account: str = ""
    due: str = ""
    """What comes next: ``first reply``, ``next reply``, ``solution``, ``reminder`` or ``closing``; ``""``: nothing."""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseList:
    """A page of a list of cases that somebody asked for."""

    asked: str
    """By what, in a word or two; empty where nothing else was asked for."""
    lines: tuple[CaseLine, ...]
    total: int = 0
    """How many there are on all pages."""
    page: int = 1
    size: int = 30
    """How many stand on a page."""

    @property
    def before(self) -> int:
        """How many stand on the pages before this one."""
        return (self.page - 1) * self.size

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(-(-self.total // self.size), 1)


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event of a case's history in words: ``opened``, ``replied``, ``concern raised``, …"""

    at: datetime
    name: str
    by: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """One verb of the grammar, for help."""

    usage: str
    """``#close reason``."""
    meaning: str


@dataclass(frozen=True, slots=True)
class BatchSection:
    """One of several notices in one mail, in words."""

    at: datetime
    text: str
    html: str
    """Escaped where it has to be."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that may help: its title, and where it is read."""

    id: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """The desk's week in four figures."""

    opened: int
    closed: int
    promised: int
    """How many first answers of the week had a target."""
    kept: int
    """How many of those were given by then."""


@dataclass(frozen=True, slots=True)
class HealthView:
    """How much waits, and since when (UTC)."""

    inbox_waiting: int
    inbox_oldest: datetime | None
    outbox_waiting: int
    outbox_oldest: datetime | None
    asleep: int = 0
    """How much was put off by a wrong clock."""
    ahead: float = 0.0
    """Seconds by which the database's clock is ahead of this machine's."""
    silent: tuple[str, ...] = ()
    """Mailboxes to which our canaries do not come back."""
