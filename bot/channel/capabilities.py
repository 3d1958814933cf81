"""Capabilities of a channel besides carrying messages; asked for instead of its name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any, Protocol, runtime_checkable

from bot.channel.outbound import Words
from bot.model.message import Attachment


@dataclass(frozen=True, slots=True)
class Traits:
    """The capabilities of a channel. Each states its own; nothing else is taken for granted."""

    private: bool = False
    """An address is read by its person alone: links that speak for them, and reply addresses, may be told there."""
    threads: bool = False
    """What is said of a case is a talk that several may read: in order, and at once. Else each message is a letter:
    those of a while are gathered, and there is a limit to them."""
    mailboxes: bool = False
    """The desk's own addresses (``[[mailbox]]``) are addresses of it: what is sent to one comes back through it."""
    files_within: bool = False
    """Files go within a message; else the channel fetches them by their hash."""
    undo: bool = False
    """Whoever sends something to customers from there can take it back while it waits (``[desk] undo``)."""
    prompt: bool = False
    """Whoever hands us something there waits for seconds only: it is kept before what others hand us."""
    originals: bool = False
    """A message as it came is a file that people can open."""
    edits: bool = False
    """A message of ours that stands there can be written anew (``RedactedDelivery``)."""
    deliveries: int = 2
    """How many of its deliveries may be under way at once, a thread each."""


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """One thing that was tried: whether it works, and a sentence; if not, with the way to mend it."""

    ok: bool
    text: str


@runtime_checkable
class SelfChecking(Protocol):
    """A door that says of each thing it tries whether it works."""

    def checks(self) -> Iterable[SelfCheck]:
        """Try everything; connects, never raises."""


@runtime_checkable
class LiveChecking(Protocol):
    """A channel whose service says of a message whether it would take it."""

    def live_checks(self, notices: Iterable[tuple[str, Words]]) -> Iterable[SelfCheck]:
        """Try every view and message there is, and these rendered notices, by name; shows nothing to anybody."""


@runtime_checkable
class Adviser(Protocol):
    """A door that can suggest settings from what comes through it."""

    def advice(self) -> Iterable[str]:
        """One sentence for each setting worth a thought (``casebot check``); connects, never raises."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """What whoever opens the desk at a terminal is told of one of its doors."""

    places: tuple[tuple[str, str], ...] = ()
    """What is where: ``("Mail comes in at", "127.0.0.1:8025")``."""
    tries: tuple[str, ...] = ()
    """Commands of a shell that try it."""


@runtime_checkable
class Greeting(Protocol):
    """A door that people can be shown to."""

    def greeting(self) -> Welcome:
        """Where it is; at once, without asking anybody."""


class CannotListen(OSError):
    """A listener cannot open its address or load its certificate. The text names the config key."""


@runtime_checkable
class Opening(Protocol):
    """A worker that says when somebody can come in."""

    @property
    def opened(self) -> Event:
        """Set once it answers."""


@dataclass(frozen=True, slots=True)
class SignInState:
    """A sign-in at a provider, without which a channel does not work."""

    address: str
    way: str
    """How it is come by, in words: ``device code``."""
    sends: bool = False
    """What the channel says goes out through it."""
    lapsed: str = ""
    """Why it does not work and what to do about it, in words; or ``""``."""
    since: datetime | None = None
    """Since when it does not."""
    by_login: bool = False
    """Does somebody have to sign in (``casebot mail login``)?"""
    works: bool = False
    """Every server that it opens has let us in, since this process began."""
    by_password: bool = False
    """Its password stands in the config: nobody can sign in anew."""


@runtime_checkable
class SigningIn(Protocol):
    """A channel that people sign in to (``casebot mail``)."""

    def sign_ins(self) -> Sequence[SignInState]:
        """All of them as they are; at once, asks nobody."""

    def sign_in(self, address: str, say: Callable[[str], None], *, port: int) -> None:
        """Have somebody sign in, told what to do by ``say``; raises ``SignInFailed``.

        ``port``: of a page on this machine that a browser comes back to; 0: any.
        """

    def try_sign_in(self, address: str) -> Iterable[SelfCheck]:
        """Get a token, where there is one to get, and log in wherever it is used."""


class SignInFailed(Exception):
    """Nobody is signed in; why, in words."""


@runtime_checkable
class Unsure(Protocol):
    """A channel with senders that only a server of the desk's own could vouch for."""

    def unvouched(self) -> Collection[str]:
        """The desk's addresses for which nothing is set to vouch for such senders; at once."""


@runtime_checkable
class Vouching(Protocol):
    """A channel that reads off a message which server of the desk's own had checked it."""

    def vouching(self, address: str, message: bytes) -> Mapping[str, Any]:
        """Keys of that ``[[mailbox]]`` by which its word counts; none if they are set, or nobody had. Pure.

        ``message``: one that the desk knows to be its own, for anybody else may write what they like.
        """


@runtime_checkable
class PeopleFinding(Protocol):
    """A channel that knows people by their mail addresses, too."""

    def address_of(self, mail: str) -> str:
        """Their address there, as ``[[staff]] addresses`` has it; ``""`` if nobody is found, whyever."""


@runtime_checkable
class Board(Protocol):
    """A channel in which the desk has its own place: each case is a card there, with a thread below it."""

    def board(self, *, type: str, category: str, account: str) -> str:
        """The place for such a case, or ``""``; pure."""

    def owns(self, address: str) -> bool:
        """Is this place, or the thread's, one of the desk's own? Pure."""

    def words(self, payload: bytes) -> str:
        """A composed message as plain text; pure."""

    def files(self, payload: bytes) -> tuple[Attachment, ...]:
        """The files of a composed message; pure."""


@runtime_checkable
class Exposable(Protocol):
    """A board whose places may become open to people outside."""

    def exposed(self) -> Mapping[str, str]:
        """The desk's places that outsiders read, where it therefore says nothing, and their names; at once."""


@dataclass(frozen=True, slots=True)
class ChannelCondition:
    """What a channel knows of itself, without asking anybody."""

    connected: bool | None = None
    """Is the service on the other side connected? None: there is no lasting connection."""
    unheard: float = 0.0
    """Seconds since the connection was lost, or 0."""
    fault: str = ""
    """Why the service takes nothing from us at all, in words for the desk, or ``""``."""
    places: Mapping[str, str] = field(default_factory=dict)
    """Places that were of use and cannot be used any more: what happened there, in words for the desk."""


@runtime_checkable
class Connecting(Protocol):
    """A channel with a lasting connection of its own for some of the desk's addresses."""

    def connections(self) -> Mapping[str, bool]:
        """Does each stand, by the desk's address; at once, asks nobody."""


@runtime_checkable
class Observable(Protocol):
    """A channel that notices when it does not work."""

    def condition(self) -> ChannelCondition:
        """The present one; at once, asks nobody."""
