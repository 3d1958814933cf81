"""The protocols of channels, and the inbound types that cross the border."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal, Protocol, runtime_checkable

from bot.channel.capabilities import Traits
from bot.channel.classification import Verdict
from bot.channel.outbound import Parcel, Posting, Stands
from bot.model.identity import Identity, Proof
from bot.model.mark import Mark
from bot.model.message import Attachment, Part

LONGEST_ADDRESS = 254
"""Octets of a mail address (RFC 5321, section 4.5.3.1.3, without its angle brackets); a longer one is nobody's."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it was kept: raw bytes and what the door knew of them."""

    id: int
    source: str
    """The channel's name."""
    key: str
    raw: bytes
    envelope: Mapping[str, Any]
    """What the door saw: for mail ``peer`` (address), ``helo``, ``mail_from``, ``rcpt_tos``, ``mailbox``,
    ``door`` (``smtp``, ``lmtp``, ``imap`` or ``import``); JSON only. An import adds ``arrived`` (when it reached
    the mailbox, RFC 3339) and ``quiet`` (it is old: nobody is told)."""
    received_at: datetime

    @property
    def arrived(self) -> datetime:
        """When it reached us; an imported message reached a mailbox of ours long before."""
        noted = self.envelope.get("arrived")
        return datetime.fromisoformat(noted) if noted else self.received_at


@dataclass(frozen=True, slots=True)
class Anchor:
    """Something in a message that may lead to a case, in the order in which they are asked.

    ``token``: the plus-part of one of our addresses · ``ours``: one of our own Message-IDs ·
    ``id``: any Message-ID in In-Reply-To or References · ``tag``: a case number in the subject (digits) ·
    ``thread``: the address of a thread in the letter's own channel · ``beside``: that of a message of its own,
    beside which its sender may have opened a case just now.
    """

    kind: Literal["token", "ours", "id", "tag", "thread", "beside"]
    value: str


@dataclass(frozen=True, slots=True)
class Original:
    """A forwarded message of another person, as far as it can be recognised."""

    sender: Identity | None
    """None: a forward whose original sender is not named."""
    subject: str
    text: str
    message_id: str
    """With angle brackets; empty if only its text was passed on."""
    above: str
    """What the forwarder wrote above it."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A channel's reading of one message: clean text only, and no decision about cases."""

    sender: Identity | None
    """From, where it names exactly one mailbox; else None."""
    proof: Proof
    """UNPROVEN or PLAUSIBLE; only the bot, which knows whom a token was issued to, goes higher."""
    verdict: Verdict
    mailbox: str
    """The desk's own address it came to (``[[mailbox]]``), lower case; empty if none was found."""
    subject: str
    """Decoded, one line, without Re:/Fwd: and our tag."""
    parts: tuple[Part, ...]
    message_id: str = ""
    references: tuple[str, ...] = ()
    """In-Reply-To and References, oldest first, each with angle brackets."""
    anchors: tuple[Anchor, ...] = ()
    to: tuple[Identity, ...] = ()
    copied: tuple[Identity, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    sent_at: datetime | None = None
    """None: unknown, or only a signature proves the sender, and it does not cover the date."""
    language: str = ""
    """In which it is written (``de``), or empty where that is not sure."""
    html_used: bool = False
    evidence: tuple[str, ...] = ()
    """Of the proof and the mailbox, in words."""
    twin: str = ""
    """What all its copies share that came another way (sender, Message-ID, Date, subject, body), hashed; or empty."""
    signed: tuple[str, ...] = ()
    """Hashes of what its sender's signatures cover: copies have one of them, whatever else was changed."""
    writer: str = ""
    """The mail address that a contact form's or group's mail names as its writer's, as its From takes no replies."""
    forwarded: Original | None = None
    """What it passes on, where it says so itself (``Fwd:``) or holds a whole message."""
    opens: bool = True
    """Without a case it opens one, as mail does; False: then only its command words count."""
    addressed: bool = True
    """It was said to us, so that words we do not understand deserve an answer."""
    prefix: str = "#"
    """What command words begin with: ``#`` in lines of their own, ``!`` at the very start of a message; empty:
    there are none in it."""
    place: str = ""
    """Where in its channel it stands (a thread's address), or empty."""
    inward: bool = False
    """What somebody of the desk said or sent for the desk alone, wherever it stands."""
    change: Literal["", "kept", "heard", "late"] = ""
    """It changes, or takes back, something said before: what was ``kept`` for the desk; what customers have ``heard``;
    or it makes a command of what was none, too ``late`` to be done."""
    original: str = ""
    """The key of the message that it changes, or whose files it brings."""
    anew: str = ""
    """What that says now; empty: it was deleted."""
    emphasis: tuple[tuple[str, str], ...] = ()
    """Styles (``b``, ``i``, ``s``, ``code``) and the words of its text that have them, in order."""
    alone: bool = False
    """It was said to nobody but us: without a case it belongs to the only open one of its sender."""
    offers: bool = False
    """It may be meant for the desk: without a case, its sender is offered to open one."""
    below: bool = False
    """The case that it opens goes on below it, if the place is its account's own."""
    mark: Mark | None = None
    """It is a sign on a message, whose words and files these are."""
    mentioned: tuple[Identity, ...] = ()
    """People whom its words mention, as its channel identifies them: only these does ``CHANNEL:ADDRESS`` name."""
    colleague: bool = False
    """Whether the sender belongs to the operator's organisation without being staff: they join no case."""
    missed: tuple[str, ...] = ()
    """Files that came along and cannot be had, as words for people: their names, and why."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that the channel could not read; it is kept, tried again, and shunted in the end."""

    why: str
    """``timeout``, ``memory``, ``cpu``, ``crash``, or an exception's type and place; no content."""
    fault: Literal["message", "house"] = "message"
    """``house``: the reader itself would not start; no strike against the message."""
    after: float = 5.0
    """Seconds until it is tried again, where the house is at fault."""
    error: Exception | None = None
    """The exception that reading raised, to be logged with its traceback and counted."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the reader of a message is given besides the message."""

    sent: tuple[bytes, ...] = ()
    """``outgoing.lines`` of each message that we sent on its cases to the person who was answered, newest first."""
    internal: tuple[str, ...] = ()
    """Texts of internal entries on its cases."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer of ``keep``: the message is durable. ``duplicate``: it already was."""

    id: int
    duplicate: bool


class Worker(Protocol):
    """Something with its own thread: ``run`` until ``leave`` is called, then return soon."""

    name: str

    def run(self) -> None: ...

    def leave(self) -> None: ...


@runtime_checkable
class WhileHeld(Protocol):
    """A worker that says whether it runs on a held desk, too: it takes nothing in, and sends nothing."""

    @property
    def while_held(self) -> bool: ...


class Door(Protocol):
    """A way in: what every channel's folder opens."""

    name: str

    @property
    def workers(self) -> Sequence[Worker]:
        """Its threads (may be empty)."""

    def problems(self) -> Iterable[str]:
        """Try every connection it needs; one sentence for each failure (``casebot check``)."""

    def close(self) -> None:
        """Close connections and child processes."""


@runtime_checkable
class Channel(Door, Protocol):
    """A door through which messages come in and go out."""

    @property
    def traits(self) -> Traits:
        """The channel's capabilities."""

    def anchors(self, letter: Letter) -> tuple[Anchor, ...]:
        """A linear scan of the headers only; never raises, safe in the main process."""

    def read(self, letters: Sequence[Letter], contexts: Sequence[Context]) -> list[Inbound | Unreadable]:
        """Read messages outside this process; one result for each, in order. Never raises."""

    def compose(self, posting: Posting) -> bytes:
        """The bytes to be sent; pure, called within a transaction."""

    def deliver(self, parcel: Parcel) -> Stands | None:
        """Send a parcel, or raise ``DeliveryFailed`` or ``TakenOver``; called from several threads.

        Returns where it stands, in channels where messages can be found again.
        """


class KeepInInbox(Protocol):
    """The durable accept that doors are given.

    The future's result is there when the bytes are on disk. It fails with ``NoRoom`` or ``Busy`` (tell the
    sender to come back) or with any other exception (likewise: ours, never theirs).
    """

    def __call__(self, source: str, key: str, raw: bytes, envelope: Mapping[str, Any]) -> Future[Kept]: ...


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One of the desk's own addresses (``[[mailbox]]``), as channels may know it."""

    address: str
    name: str
    language: str = "en"
    authserv_id: str = ""
    own_list_ids: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    """The rest of its section: what only the channel understands (``imap``)."""


_LINK = re.compile(r"<[^<>\s]{0,500}[:@%][^<>]{0,500}>|https?://\S+|\[cid:[^\]\s]{0,200}\]")
_WORD = re.compile(r"[^\W_]+")
_SYMBOL = re.compile("[?!？！\u2600-\u27bf\U0001f000-\U0001faff]")
LINES = b"lines/2\n"
"""How ``outgoing.lines`` begins. Eight bytes for each line follow: its hash, its size and whether it is own text."""


def line_words(line: str) -> list[str]:
    """Return the words of a line without links, or its emoji, ``?`` and ``!`` if it has none."""
    line = _LINK.sub(" ", line) if ":" in line or "@" in line else line
    return _WORD.findall(line.casefold()) or _SYMBOL.findall(line)


def size_class(size: int) -> int:
    """Return the class of a line with so many bytes of letters, by which most others are ruled out."""
    return min(size // 4, 127)


@lru_cache(maxsize=4096)
def line_hash(line: str, *, own: bool = True) -> bytes:
    """Return a line that we sent as ``LINES`` has it; ``b""`` if ``line_words`` finds nothing.

    ``own``: it is casebot's or its writer's own, and not passed on.
    """
    words = "".join(line_words(line)).encode("utf-8", "replace")
    kind = bytes((size_class(len(words)) << 1 | own,))
    return hashlib.blake2b(words, digest_size=7).digest() + kind if words else b""
