"""Commands of triage: merge, split, forward, accept an unproven sender, spam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.commands import DESK, FORWARDED, Command, Identity, OnCase, Rule


@dataclass(frozen=True, slots=True)
class OpenFor(Command):
    """Open a case for whoever wrote what a specialist forwards; ``note`` is what the specialist wrote above it."""

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
    """Read a case as a part of another: ``case`` is closed, and its number leads to ``into``."""

    rule: ClassVar[Rule] = DESK
    into: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Unmerge(OnCase):
    """Undo that: both cases are as they were."""

    rule: ClassVar[Rule] = DESK


@dataclass(frozen=True, slots=True)
class Split(OnCase):
    """Move an entry that came to the wrong case out of it, into a case of its own."""

    rule: ClassVar[Rule] = DESK
    entry: str
    """Its name, as ``bot.syntax.case_numbers.entry_name`` makes it."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Accept(OnCase):
    """Take an unverified entry as its sender's words, or let a held case go on. ``entry``: ``""`` for the only one."""

    rule: ClassVar[Rule] = DESK
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Spam(OnCase):
    """Fold an unverified entry away, or close the case, and tell nobody. ``entry``: ``""`` for the only one."""

    rule: ClassVar[Rule] = DESK
    entry: str = ""
