"""Outbound messages: a notice in words, then with an address, then on its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from bot.model.choice import Choice
from bot.model.identity import Identity
from bot.model.message import Attachment

GAP = "\x1e"
"""Between the blocks of ``Words.marked``; the doors let no such character in."""


@dataclass(frozen=True, slots=True)
class Words:
    """A rendered notice, ready for any channel; made by ``bot/render``."""

    subject: str
    text: str
    html: str
    """Empty where a channel has a markup of its own."""
    marked: str = ""
    """In the channel's own markup, as its profile says; of ``blocks``, one below the other, with ``GAP`` between."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A rendered notice with its address: what a channel needs to make the bytes that will be sent."""

    id: int
    """The outbox row's id: the same for every try."""
    to: Identity
    mailbox: str
    """The desk's address it is sent from; its configured name is shown."""
    words: Words
    automatic: bool
    """A notice of ours (Auto-Submitted); False for a person's own words."""
    message_id: str
    reply_to: str
    """The address answers go to: signed, or the mailbox itself where others would read it."""
    bounce_to: str
    """The signed envelope sender."""
    reply_name: str = ""
    """The name beside it; empty: the mailbox's."""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    author: str = ""
    """A person's name to show as sender (``Ana via Acme Support``), or empty."""
    speaker: str = ""
    """The address of a specialist in this channel whose words these are, or empty."""
    files: tuple[tuple[Attachment, bytes], ...] = ()
    """What goes along, with its bytes; without them (``b""``) where the channel fetches them by itself."""
    notice: str = ""
    """Its name in ``bot/notices``."""
    case: int | None = None
    person: int | None = None
    """Whom it is for; None: for all who are in ``place``."""
    side: Literal["desk", "customer", ""] = ""
    """On which side of the case it is said, in a channel with places."""
    place: str = ""
    """Where to say it, if that is known: a place, or a thread's address in it."""
    near: str = ""
    """Where its reader last did something in this channel: there they alone can be shown it, if nowhere else."""
    private: bool = False
    """Into no place that others share: there may be links in it that speak for its reader."""
    mentions: tuple[str, ...] = ()
    """Addresses in this channel of those who should be called."""
    offered: str | None = None
    """What can be accepted or marked as spam right here: an entry's name, ``""`` for the held case; else None."""
    choices: tuple[Choice, ...] = ()
    """What its reader can do right there, in a channel that has buttons."""
    mark: str = ""
    """The sign (of ``Mark.at``) that is shown instead of its words, in a channel that has signs."""
    entry: str = ""
    """The name of the entry whose words it tells, if it does."""
    at: datetime | None = None
    """The Date header, UTC."""
    language: str = ""
    """The language its words are in (``de``)."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """An outbox row being delivered: bytes that were frozen when it was written."""

    id: int
    recipient: str
    bounce_to: str
    payload: bytes
    key: str = ""
    """Of a refresh (``card/123``): composed when it is delivered, from the state of then."""
    place: str = ""
    """Where it stands already, if it does."""
    tries: int = 1
    """Which try this is, without those that surely did nothing. From the second on it may have arrived before."""
    since: float = 0.0
    """When it was put into the outbox (seconds since 1970): it cannot have arrived any earlier."""
    leased: float = float("inf")
    """The time of this process's lease, in seconds since boot."""
    ours: Callable[[], bool] = field(default=lambda: True, compare=False, repr=False)
    """Does this process still hold its lease? To be asked just before the step that sends it for good."""


class TakenOver(Exception):
    """Another process sends it, or may send it by now: nothing was sent here."""


@dataclass(frozen=True, slots=True)
class Stands:
    """The place of a delivered message that can be found again, and the thread that it begins, if any."""

    place: str
    begins: Literal["desk", "customer", "private", ""] = ""
    case: int | None = None
    person: int | None = None
    """Whose own thread it is; None: of all who are in that place."""
    apart: str = ""
    """Why it stands where only its recipient reads it, not in the place where others would have read along."""
    ephemeral: bool = False
    """It was shown to its recipient for a while, and stands nowhere: they may have missed it."""


class DeliveryFailed(Exception):
    """A failed try to deliver. ``permanent`` is the one bit that drives all retries."""

    def __init__(
        self,
        why: str,
        *,
        permanent: bool,
        pause: float = 0.0,
        after: float = 0.0,
        untried: bool = False,
        queue: str = "",
        unreached: bool = False,
        patient: bool = False,
        unknown: bool = False,
    ) -> None:
        super().__init__(why)
        self.why = why
        """A saying, where it is ours; a server's own words stay as they are."""
        self.permanent = permanent
        self.untried = untried
        """Surely nothing has arrived: this was no try."""
        self.after = after
        """Seconds after which this delivery alone is tried again (what it waits for is on its way), or 0."""
        self.pause = pause
        """Seconds for which the whole destination wants to be left alone (SMTP 421), or 0."""
        self.unreached = unreached
        """Its reader takes nothing by this channel: they may be told by another one."""
        self.patient = patient
        """Somebody of the desk has to do something first: it waits for that however long, and is never given up."""
        self.unknown = unknown
        """The destination refused it for a reason that we do not know: it is given up after a few attempts, if others
        are delivered meanwhile."""
        self.queue = queue
        """A name for the part of the destination that asked for a pause of ``after`` seconds, or ``""``: what is meant
        for it takes turns, the most urgent first."""


@runtime_checkable
class Interruptible(Protocol):
    """A channel whose deliveries can be interrupted."""

    def interrupt(self) -> None:
        """Make every delivery in progress, or begun from now on, fail at once; from any thread."""
