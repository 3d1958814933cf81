"""What signed links lead to: each page's facts, as the desk finds them and a channel shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.model.facts import CaseFacts, DeskFacts, EventLine, FileFacts, PublicEntry
from bot.model.identity import Identity


@dataclass(frozen=True, slots=True)
class PageFrame:
    """What every page shows of the desk."""

    desk: DeskFacts
    language: str
    """The desk's own, for a reader whose language we do not have."""
    local_team: str = ""
    """An address that may help, or empty."""
    new_url: str = ""
    """The page on which a case is opened: the reader's own, where the page may lead there; empty: there is none."""
    my_url: str = ""
    """The reader's own cases, where the page may lead there; else empty."""
    reader: str = ""
    """The language of the very reader, if that is known."""
    zone: ZoneInfo | None = None
    """In which the reader reads times; None: in the desk's."""
    own_zone: bool = False
    """Is that zone known to be the reader's own? Else their browser knows better."""
    logo: str = ""
    """The name of the picture that stands for the desk, or empty."""
    to: str = ""
    """What addresses of pages for anybody end with, so that they are this mailbox's: ``to=…``; the first's: empty."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A link of ours that has expired."""

    front: PageFrame


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case, as one of its customers may see it."""

    front: PageFrame
    numbers: tuple[int, ...]
    """Case, person."""
    reader: Identity
    mailbox: str
    case: CaseFacts
    reason: str
    """Why it was closed, in words, or empty."""
    told: tuple[PublicEntry | EventLine, ...]
    """What was said and what happened, oldest first."""
    may: frozenset[str]
    """``reply``, ``close``, ``reopen``, ``concern``, ``priority``, ``contact``: what the reader can do now."""
    concerns: Mapping[str, str]
    """Categories of concerns: key → words."""
    priorities: tuple[str, ...]
    """What may be asked for instead of the one it has."""
    technical_contact: str
    """Who can always be called, as ``name, number``."""
    upload_url: str
    """Where files are sent to it; empty once it is closed."""
    answer_by: datetime | None = None
    """When the reader hears from the desk at the latest, where they are told that."""
    follows: str = ""
    """The earlier case of the reader's that it goes on from, or empty."""
    follows_url: str = ""
    stored: Mapping[int, str] = field(default_factory=dict)
    """The hash of each file that is named, by its id."""
    left: int | None = None
    """Bytes that may still be uploaded today; None: no limit."""


@dataclass(frozen=True, slots=True)
class SolvedPage:
    """An article that may have solved a case, of which only the number is shown."""

    front: PageFrame
    numbers: tuple[int, ...]
    """Case, person, article."""
    reader: Identity
    mailbox: str
    number: str
    title: str
    """The article's."""
    url: str
    """Where it is read."""
    over: bool
    """The case is closed."""


@dataclass(frozen=True, slots=True)
class JoinPage:
    """The question whether somebody in a chat and the holder of a mail address are one person."""

    front: PageFrame
    numbers: tuple[int, ...]
    """Person with the mail address, person in the chat."""
    reader: Identity
    mailbox: str
    who: str
    """The name in the chat."""
    channel: str
    """The chat's label."""
    over: bool
    """They are one already."""


@dataclass(frozen=True, slots=True)
class LinkPage:
    """The form by which somebody has the link to their own cases mailed."""

    front: PageFrame
    numbers: tuple[int, ...] = (0,)
    """Nobody: who asks is not known."""


@dataclass(frozen=True, slots=True)
class MyCase:
    """One case in the list."""

    number: str
    subject: str
    state: str
    priority: str
    owner: str
    updated_at: datetime
    url: str
    """Empty: its page has ended."""

    @property
    def over(self) -> bool:
        return self.state in ("resolved", "closed")


@dataclass(frozen=True, slots=True)
class MyPage:
    """A page of somebody's cases."""

    front: PageFrame
    numbers: tuple[int, ...]
    """Person."""
    reader: Identity
    mailbox: str
    cases: tuple[MyCase, ...]
    """Those that are not over, then the others; each last changed first."""
    part: int
    """Which page of the list, from 1."""
    parts: int


@dataclass(frozen=True, slots=True)
class NewPage:
    """The form for a new case, and its choices."""

    front: PageFrame
    numbers: tuple[int, ...]
    """Person, or nobody."""
    reader: Identity | None
    """None: whoever it is types an address."""
    mailbox: str
    priorities: Sequence[str]
    priority: str
    """The usual one."""
    types: Mapping[str, Sequence[str]]
    """Type → its categories."""
    features: Sequence[str]
    """What of the product may be impacted."""
    blocker: str
    """The priority that needs a technical contact, or empty."""
    meanings: Mapping[str, str]
    """Priority → what it means."""
    examples: Mapping[str, Sequence[str]]
    """Priority → examples of it."""
    subject_examples: Sequence[str]
    guidance: Sequence[tuple[str, str]]
    """A type, or ``type / category``, and what is asked about it."""
    id_label: str
    id_names: Sequence[str]
    """What ids are called in a message."""
    left: int | None
    """Bytes of files that this person may still upload today; None: no limit of theirs."""


@dataclass(frozen=True, slots=True)
class UploadPage:
    """The page that takes files for a case."""

    front: PageFrame
    numbers: tuple[int, ...]
    """Case, person."""
    reader: Identity
    mailbox: str
    number: str
    sent: tuple[FileFacts, ...]
    """What this very person sent to the case before."""
    left: int | None
    """Bytes that may still be uploaded today; None: no limit."""


@dataclass(frozen=True, slots=True)
class DeskFile:
    """A file of a case, sent by a customer or by the desk."""

    id: int
    name: str
    size: int
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FilesPage:
    """All files of a case, newest first, for a staff member."""

    front: PageFrame
    number: str
    files: tuple[DeskFile, ...]


@dataclass(frozen=True, slots=True)
class RawMail:
    """A message's bytes, or the hash of the file that holds them."""

    name: str
    """A name for its file."""
    data: bytes | None
    file: str | None


Purpose = Literal["survey", "case", "mail", "files", "my", "new", "upload", "solved", "join"]


@dataclass(frozen=True, slots=True)
class SurveyPage:
    """A survey, with nothing of its case but the number."""

    front: PageFrame
    numbers: tuple[int, ...]
    """Case, person, survey."""
    reader: Identity
    mailbox: str
    number: str
    rating: int | None
    """What was answered earlier."""


@dataclass(frozen=True, slots=True)
class LogoFile:
    """A logo that a page shows."""

    kind: str
    """``image/png``"""
    data: bytes


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that may be fetched from a page."""

    name: str
    sha256: str


Page = (
    CasePage | SurveyPage | SolvedPage | JoinPage | MyPage | NewPage | UploadPage | FilesPage | RawMail | Gone
)


FormPage = CasePage | SurveyPage | SolvedPage | JoinPage | LinkPage | NewPage | UploadPage
"""Pages on which something can be done."""
