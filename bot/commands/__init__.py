"""Everything that can be asked of the desk, as frozen dataclasses; no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import ClassVar, Literal


class Proof(IntEnum):
    """How sure we are that a request comes from the person it names."""

    UNPROVEN = 0
    """Nothing aligned: anybody could have written this."""
    PLAUSIBLE = 1
    """DMARC-aligned, or submitted from a trusted network."""
    PROVEN = 2
    """Plausible, with a reply token of ours that was issued to this person."""
    LINKED = 3
    """An identity that a chat vouches for, a signed web link, or the operator's own command line."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is in one channel: ``an address there; the name is a label, never proof."""

    channel: str
    address: str
    name: str = ""
    language: str = ""
    """What their program is set to (``de-AT``), where it tells: it counts until they have written something."""


OPERATOR = Identity("cli", "operator", "The operator")
"""Whoever works on the command line."""
CLOCK = Identity("clock", "clock")
"""Who asks for what is due."""


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a message; all parts are kept, only the new one is acted on."""

    kind: Literal["new", "quoted", "signature", "disclaimer"]
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message; ``sha256`` (hex) is its name in the file store, ``size`` in bytes."""

    name: str
    type: str
    size: int
    sha256: str
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What came along with a request: the message itself, as it will be kept on the case."""

    text: str = ""
    """The new part, without command and field lines."""
    parts: tuple[Part, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    copied: tuple[Identity, ...] = ()
    """The people in Cc: added to a new case where they are known in the account, else proposed."""
    subject: str = ""
    message_id: str = ""
    """With angle brackets, as in In-Reply-To; empty if it had none."""
    references: tuple[str, ...] = ()
    """Every id in References and In-Reply-To, oldest first."""
    inbox: int | None = None
    """The inbox row that holds the raw bytes."""


Rule = Mapping[str, Proof]
"""Who may ask for a command: role → the proof that it needs at least."""
CUSTOMERS = ("requester", "collaborator")
STAFF = ("specialist", "manager")
HOUSE_CLOCK = "clock"
"""The role of the house's own clock, and of nobody else."""
EVERYBODY = ("stranger", *CUSTOMERS, *STAFF)


def rule(*pairs: tuple[tuple[str, ...], Proof]) -> Rule:
    """Roles, and the proof that all of them need."""
    return {role: proof for roles, proof in pairs for role in roles}


FREE = rule((EVERYBODY, Proof.UNPROVEN))
ASKED = rule((EVERYBODY, Proof.PLAUSIBLE))
OWN = rule((CUSTOMERS, Proof.PLAUSIBLE), (STAFF, Proof.PROVEN))
PROVEN_PARTY = rule((CUSTOMERS, Proof.PROVEN), (STAFF, Proof.PROVEN))
REQUESTER = rule((("requester",), Proof.PROVEN), (STAFF, Proof.PROVEN))
LINKED_CUSTOMER = rule((CUSTOMERS, Proof.LINKED))
LINKED_REQUESTER = rule((("requester",), Proof.LINKED))
DESK = rule((STAFF, Proof.PROVEN))
FORWARDED = rule((STAFF, Proof.PLAUSIBLE))
LOOKED_UP = rule((STAFF, Proof.PLAUSIBLE))
"""Changes nothing, and is answered to the address that the desk's own config names: a forged one learns nothing."""
HOUSE = rule(((HOUSE_CLOCK,), Proof.LINKED))


@dataclass(frozen=True, slots=True)
class Command:
    """What all commands are; never made itself."""

    rule: ClassVar[Rule]
    """Who may ask for it, and how sure that must be; stands in each command."""


@dataclass(frozen=True, slots=True)
class Open(Command):
    """Open a case. What is ``None`` was not said, and takes its default or is asked for once."""

    rule: ClassVar[Rule] = FREE
    subject: str
    text: str
    priority: str | None = None
    type: str | None = None
    category: str | None = None
    ids: tuple[str, ...] = ()
    linked: int | None = None
    """A case this one follows or mentions; shown to specialists only."""
    contact: str = ""
    """Name and phone number of somebody who can always be called about a Blocker."""
    feature: str | None = None
    """What of the product is impacted, as the config's list has it."""
    automatic: bool = False
    """Opened by a machine's mail: no acknowledgement is sent."""


OPENED = 0
"""In place of a case's number: the case that the same message opens, by an earlier command."""


@dataclass(frozen=True, slots=True)
class OnCase(Command):
    """A command about one case, by its number; ``OPENED``: the one that the same message opens."""

    case: int


@dataclass(frozen=True, slots=True)
class Reply(OnCase):
    """Say something that all of the case's customers (or, from a customer, its specialists) read."""

    rule: ClassVar[Rule] = OWN
    text: str


@dataclass(frozen=True, slots=True)
class Attach(OnCase):
    """Add the files that came along, with no words."""

    rule: ClassVar[Rule] = OWN


@dataclass(frozen=True, slots=True)
class Note(OnCase):
    """Write an internal note: it never leaves the desk."""

    rule: ClassVar[Rule] = DESK
    text: str


@dataclass(frozen=True, slots=True)
class Keep(OnCase):
    """Keep a message on the case without any effect: from a machine, or from somebody unproven."""

    rule: ClassVar[Rule] = FREE
    text: str
    why: Literal["automatic", "unverified"]
    inward: bool = False
    """It was said to the desk alone, and stays there."""
    change: Literal["", "kept", "heard", "late"] = ""
    """What it changes, as ``Inbound`` has it."""
    away_until: date | None = None
    """The day that an absence note gives."""


@dataclass(frozen=True, slots=True)
class Missed(OnCase):
    """Files that came with a message could not be kept, each as words for people: ``app.log (it is too large)``."""

    rule: ClassVar[Rule] = FREE
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reopen(OnCase):
    """Open a resolved or closed case again."""

    rule: ClassVar[Rule] = PROVEN_PARTY
    text: str = ""


@dataclass(frozen=True, slots=True)
class Close(OnCase):
    """Close a case. ``reason`` is a key of the configured list, or ``None`` for the asker's usual one."""

    rule: ClassVar[Rule] = REQUESTER
    reason: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Concern(OnCase):
    """Raise a concern: the owner's manager is told at once. What is missing is asked for."""

    rule: ClassVar[Rule] = PROVEN_PARTY
    phone: str = ""
    category: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class AddPerson(OnCase):
    """Add a collaborator, by a mail address, or ``CHANNEL:ADDRESS``."""

    rule: ClassVar[Rule] = REQUESTER
    address: str
    name: str = ""
    """Where the address tells nobody anything."""


@dataclass(frozen=True, slots=True)
class RemovePerson(OnCase):
    """Remove a collaborator."""

    rule: ClassVar[Rule] = REQUESTER
    address: str


@dataclass(frozen=True, slots=True)
class Take(OnCase):
    """Become the owner."""

    rule: ClassVar[Rule] = DESK


@dataclass(frozen=True, slots=True)
class Assign(OnCase):
    """Make somebody else the owner: a staff member's mail address or name."""

    rule: ClassVar[Rule] = DESK
    to: str


@dataclass(frozen=True, slots=True)
class My(Command):
    """List the asker's own cases; ``state`` one of the states, or ``""`` for all that are not closed."""

    rule: ClassVar[Rule] = ASKED
    state: str = ""


@dataclass(frozen=True, slots=True)
class Show(OnCase):
    """Show one case in full."""

    rule: ClassVar[Rule] = PROVEN_PARTY


@dataclass(frozen=True, slots=True)
class Search(Command):
    """Find cases by words (specialists)."""

    rule: ClassVar[Rule] = LOOKED_UP
    text: str


@dataclass(frozen=True, slots=True)
class Help(Command):
    """What can be asked here, and how."""

    rule: ClassVar[Rule] = ASKED
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Due(OnCase):
    """A timer has come; only the clock asks this. ``kind`` says what is to happen."""

    rule: ClassVar[Rule] = HOUSE
    kind: str
    timer: int
    fence: int


@dataclass(frozen=True, slots=True)
class Bounced(Command):
    """A delivery of ours was reported on, signed by us; only the house itself asks this."""

    rule: ClassVar[Rule] = HOUSE
    delivery: int
    outcome: Literal["delayed", "failed", "complained"]
    reason: str
    """The report's own words, one line."""


@dataclass(frozen=True, slots=True)
class Rate(OnCase):
    """Answer a survey: ``rating`` 1 (bad) to 5 (very good)."""

    rule: ClassVar[Rule] = LINKED_CUSTOMER
    survey: int
    rating: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Unclear(Command):
    """Command words that could not be understood; answered with ``why``, and changes nothing."""

    rule: ClassVar[Rule] = ASKED
    words: str
    why: str


@dataclass(frozen=True, slots=True)
class Request:
    """What one person asks in one message: its commands in order, carried out in one transaction.

    ``(source, key)`` names the message for ever: the same pair has its effect once.
    """

    source: str
    key: str
    asker: Identity
    proof: Proof
    commands: tuple[Command, ...]
    at: datetime
    """When it reached us, in UTC."""
    said: Said = field(default_factory=Said)
    mailbox: str = ""
    """The desk's address it came to; answers come from there."""
    explicit: bool = False
    """It held command words, so it is answered with a transcript."""
    may_answer: bool = True
    """False if an automatic answer could feed a robot or strike a bystander."""
    quiet: bool = False
    """It is old mail that was imported: it has its effect, but nobody is told, and no clock starts to run."""
    language: str = ""
    """In which it is asked (``de``), where that is sure: from now on the asker is told things in it."""
    proven_on: int | None = None
    """The case that the reply token was issued for: PROVEN holds there, and nowhere else."""
    words: tuple[str, ...] = ()
    """The words of each command as they were written, for the transcript; empty where there were none."""
    place: str = ""
    """Where in its channel it was asked (a thread's address), or empty; what everybody there has seen
    is not told there again."""
    form: bool = False
    """A form that is answered in the same breath: ``BadCommand`` is raised, with its fields, and nothing is kept."""
    public_form: bool = False
    """A form that anybody may send: its files and the held case that it opens count against the quotas of a day."""
    twin: str = ""
    """The key of a second receipt, for copies of the message that came another way; empty: there is none."""
    evidence: tuple[str, ...] = ()
    """Why the case, the proof and the verdict were chosen; kept with the history."""
