"""Commands of triage: merge, split, forward, accept an unproven sender, spam."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from bot.commands.verb import ADDRESS, PAUSE, Arguments, verb
from bot.model.errors import BadCommand
from bot.model.identity import Identity
from bot.model.request import Command, OnCase
from bot.model.rule import DESK, FORWARDED, Rule
from bot.model.translatable import saying
from bot.syntax.case_numbers import ENTRY, label, number


@dataclass(frozen=True, slots=True)
class OpenFor(Command):
    """Open a case for the author of a message that a specialist forwards.

    ``note`` is what the specialist wrote above it.
    """

    rule: ClassVar[Rule] = FORWARDED
    requester: Identity
    subject: str
    text: str
    note: str = ""
    message_id: str = ""
    """Of the original message, with angle brackets, if it is known."""
    priority: str | None = None
    type: str | None = None
    category: str | None = None
    feature: str | None = None
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merge(OnCase):
    """Merge a case into another: ``case`` is closed, and its number leads to ``into``."""

    rule: ClassVar[Rule] = DESK
    into: int
    why: str = ""


@verb(Merge, "merge CS-000124 [into CS-000123] [why]", "read one case as a part of another", text=True)
def merge(words: Arguments) -> Merge:
    """``merge 2 into 1`` · on case 1: ``merge 2`` · on case 2: ``merge into 1``."""
    case, text = words.named, words.text
    if case is None and (bare := _BARE.match(text)):
        case, text = number(bare.group(1)), text[bare.end() :]
    target = _INTO.match(text)
    here = words.here or None  # nothing is merged into what was just opened
    into = number(target.group(1)) if target else None
    case, into = case if case is not None else here, into if into is not None else here
    if case is None or into is None or case == into:
        raise BadCommand(
            saying("Which case into which? merge {case} into CS-000123", case=label(case or 124)),
            {"into": saying("is needed")},
        )
    return Merge(case, into, text[target.end() :].strip() if target else text.strip())


_BARE = re.compile(r"(\d{1,12})(?![\w-])[ \t:,]*")
"""``merge 2`` is ``merge CS-000002``, however it is written."""
_INTO = re.compile(r"(?:(?:in)?to[ \t]+)?(CS-\d{6,12}|#\d{1,12}|\d{1,12})(?![\w-])[ \t:,.]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unmerge(OnCase):
    """Undo a merger: both cases are as they were."""

    rule: ClassVar[Rule] = DESK


@verb(Unmerge, "unmerge CS-000124", "undo that: both are as they were")
def unmerge(words: Arguments) -> Unmerge:
    """``unmerge CS-000124``"""
    return Unmerge(words.case)


@dataclass(frozen=True, slots=True)
class Split(OnCase):
    """Move an entry that came to the wrong case into a case of its own."""

    rule: ClassVar[Rule] = DESK
    entry: str
    """Its name, as ``bot.syntax.case_numbers.entry_name`` makes it."""
    why: str = ""


@verb(Split, "split e-k4q7x2 [why]", "move an entry into a case of its own", text=True)
def split(words: Arguments) -> Split:
    """``split e-k4q7x2 Another question.``"""
    case, (entry, why) = words.case, _entry(words.text)
    if not entry:
        raise BadCommand(
            saying("Which entry? split e-k4q7x2"), {"entry": saying("is needed, as `case show` names it")}
        )
    return Split(case, entry, why)


@dataclass(frozen=True, slots=True)
class Accept(OnCase):
    """Accept an unverified entry (``""``: the only one), or a held case, as the requester's."""

    rule: ClassVar[Rule] = DESK
    entry: str = ""
    requester: str = ""


@verb(Accept, "accept [e-k4q7x2|address]", "share what somebody unverified wrote, or let a held case go on")
def accept(words: Arguments) -> Accept:
    """``accept e-k4q7x2``, ``accept ana@example.com`` (whose case it is), or ``accept`` for the only one."""
    if ADDRESS.fullmatch(words.text.strip()):
        return Accept(words.case, requester=words.text.strip().lower())
    return Accept(words.case, _entry_or_nothing(words))


@dataclass(frozen=True, slots=True)
class Spam(OnCase):
    """Hide an unverified entry, or close the case, and tell nobody. ``entry``: ``""`` for the only one."""

    rule: ClassVar[Rule] = DESK
    entry: str = ""


@verb(Spam, "spam [e-k4q7x2]", "put it away, or close the held case; nobody is told")
def spam(words: Arguments) -> Spam:
    """``spam e-k4q7x2``, or ``spam`` for the only one."""
    return Spam(words.case, _entry_or_nothing(words))


def _entry_or_nothing(words: Arguments) -> str:
    entry, text = _entry(words.text)[0], words.text.strip()
    if text and not entry:
        raise BadCommand(
            saying("“{word}” names no entry: {verb} e-k4q7x2", word=text[:40], verb=words.verb),
            {"entry": saying("is unknown")},
        )
    return entry


def _entry(text: str) -> tuple[str, str]:
    """The entry's name that a text begins with, or ``""``, and what follows."""
    match = ENTRY.match(text.strip())
    return (match.group().lower(), text.strip()[match.end() :].lstrip(PAUSE)) if match else ("", text)
