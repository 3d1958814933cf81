"""Commands of a case's life: opened, answered, noted upon, closed, opened again, rated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from bot.commands.verb import PAUSE, Arguments, leading, verb
from bot.languages.catalogue import every_of, languages
from bot.model.errors import BadCommand
from bot.model.request import Command, OnCase
from bot.model.rule import ASKED, DESK, FREE, LINKED_CUSTOMER, OWN, PROVEN_PARTY, REQUESTER, Rule
from bot.model.translatable import saying
from bot.syntax.fields import level
from bot.syntax.ids import ids


@dataclass(frozen=True, slots=True)
class Open(Command):
    """Open a case. A field that is ``None`` was not given: it takes its default or is asked for once."""

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
    also_at: str = ""
    """A place where everybody shall read that it was opened, besides where it is answered."""


@verb(Open, "new [priority] subject", "open a case", aliases=("create",), text=True)
def new(words: Arguments) -> Open:
    """``new critical: No delivery``, and the text below it."""
    first, _, text = words.text.strip().partition("\n")
    word, _, subject = first.partition(" ")
    priority = level(word.rstrip(":,"), words.lists)
    subject = (subject if priority else first).strip().removeprefix("> ")  # of words that are passed on
    if not subject:
        raise BadCommand(
            saying("A new case needs a subject: new Order no. 4711 has not arrived"),
            {"subject": saying("is needed")},
        )
    return Open(subject, text.strip(), priority or None, ids=ids(words.text, words.lists.id_names))


@dataclass(frozen=True, slots=True)
class Reply(OnCase):
    """Write an entry that all customers of the case read; a customer's goes to its specialists, too.

    ``original``: the key under which the support team may have been shown the message before.
    """

    rule: ClassVar[Rule] = OWN
    text: str
    original: str = ""


@verb(Reply, "reply text", "say something on the case", aliases=("answer",), text=True)
def reply(words: Arguments) -> Reply:
    """``reply We have mended it.``"""
    return Reply(words.case, words.needed("text", saying("There is no text to send: reply text")))


@dataclass(frozen=True, slots=True)
class Attach(OnCase):
    """Attach the message's files, without words.

    ``original``: the key of the request that they came with, if they come after it.
    """

    rule: ClassVar[Rule] = OWN
    original: str = ""


@verb(Attach, "attach", "add the files that came along, without words")
def attach(words: Arguments) -> Attach:
    """``attach``"""
    return Attach(words.case)


@dataclass(frozen=True, slots=True)
class Note(OnCase):
    """Write an internal note: it never leaves the desk."""

    rule: ClassVar[Rule] = DESK
    text: str


@verb(Note, "note text", "write an internal note: customers never see it", text=True)
def note(words: Arguments) -> Note:
    """``note They are a new customer.``"""
    return Note(words.case, words.needed("text", saying("There is no text to note: note text")))


@dataclass(frozen=True, slots=True)
class Reopen(OnCase):
    """Reopen a resolved or closed case."""

    rule: ClassVar[Rule] = PROVEN_PARTY
    text: str = ""


@verb(Reopen, "reopen [text]", "open a resolved or closed case again", text=True)
def reopen(words: Arguments) -> Reopen:
    """``reopen It is back.``"""
    return Reopen(words.case, words.text)


@dataclass(frozen=True, slots=True)
class Close(OnCase):
    """Close a case. ``reason`` is a key of the configured list, or ``None`` for the asker's usual one."""

    rule: ClassVar[Rule] = REQUESTER
    reason: str | None = None
    text: str = ""


@verb(Close, "close [reason], [text]", "close the case", text=True)
def close(words: Arguments) -> Close:
    """``close fixed, thank you``"""
    reason, text = _reason(words)
    return Close(words.case, reason or None, text)


_USUAL_REASONS = {
    **{
        reason: every_of(lambda language: language.close_reasons, reason)
        for reason in languages()["en"].close_reasons
    },
    "": tuple(
        f"no {answer} {wanted}"
        for answer in ("response", "reply", "answer")
        for wanted in ("needed", "necessary", "required")
    ),
}
"""``""``: words that begin like a reason and are none."""


def _reason(words: Arguments) -> tuple[str, str]:
    """The key of the reason that the text begins with, and what follows; a longer sentence has none."""
    text = words.text
    phrases = [
        (phrase.lower(), key)
        for key, label in (*words.lists.close_reasons.items(), ("", ""))
        for phrase in (key, key.replace("_", " "), label, *_USUAL_REASONS.get(key, ()))
        if phrase
    ]
    phrase, key = leading(text, phrases)
    following = text[len(phrase) :]
    return key, text if not key or _goes_on(phrase, following) else following.lstrip(PAUSE).rstrip()


def _goes_on(phrase: str, following: str) -> bool:
    """Is the reason within a longer sentence? A mark ends it; so does a capital, after several words."""
    if not following.strip(PAUSE):
        return False
    if following[0] != " ":
        return following[0] not in PAUSE
    begins = following.lstrip()[0]
    return begins not in PAUSE and "_" not in phrase and not (" " in phrase and begins.isupper())


@dataclass(frozen=True, slots=True)
class AskClosing(OnCase):
    """Ask the asker whether to close the case: a sign says it too easily."""

    rule: ClassVar[Rule] = REQUESTER


@dataclass(frozen=True, slots=True)
class Withhold(OnCase):
    """Keep a message that is on the case for the desk alone from now on."""

    rule: ClassVar[Rule] = DESK
    letter: str
    """Its key in the inbox."""


@dataclass(frozen=True, slots=True)
class AddFiles(OnCase):
    """Add the files of a message, without its words; ``inward``: for the desk alone."""

    rule: ClassVar[Rule] = OWN
    inward: bool = False


@dataclass(frozen=True, slots=True)
class SeekCase(Command):
    """Find the case that somebody's words belong to, or ask them.

    ``alone``: said to the desk alone, so that the only open case of theirs is meant. ``offered``: perhaps not
    said to the desk at all.
    """

    rule: ClassVar[Rule] = ASKED
    text: str
    alone: bool = False
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Keep(OnCase):
    """Keep a message on the case without any effect: from a machine, or from an unproven sender."""

    rule: ClassVar[Rule] = FREE
    text: str
    why: Literal["automatic", "unverified"]
    inward: bool = False
    """It was said to the desk alone, and stays there."""
    change: Literal["", "kept", "heard", "late"] = ""
    """What it changes, as ``Inbound`` has it."""
    away_until: date | None = None
    """The day that an absence note gives."""
    original: str = ""
    """The key of the message that it changes, if it does."""


@dataclass(frozen=True, slots=True)
class Missed(OnCase):
    """Report files of a message that could not be kept, in words: ``app.log (it is too large)``."""

    rule: ClassVar[Rule] = FREE
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rate(OnCase):
    """Answer a survey: ``rating`` 1 (bad) to 5 (very good)."""

    rule: ClassVar[Rule] = LINKED_CUSTOMER
    survey: int
    rating: int
    comment: str = ""
