"""Commands of triage: merge, split, forward, accept an unproven sender, spam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bot.commands import DESK, FORWARDED, Command, Identity, OnCase, Rule


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


@dataclass(frozen=True, slots=True)
class Unmerge(OnCase):
    """Undo a merger: both cases are as they were."""

    rule: ClassVar[Rule] = DESK


@dataclass(frozen=True, slots=True)
class Split(OnCase):
    """Move an entry that came to the wrong case into a case of its own."""

    rule: ClassVar[Rule] = DESK
    entry: str
    """Its name, as ``bot.syntax.case_numbers.entry_name`` makes it."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Accept(OnCase):
    """Accept an unverified entry as its sender's, or a held case. ``entry``: ``""`` for the only one."""

    rule: ClassVar[Rule] = DESK
    entry: str = ""


@dataclass(frozen=True, slots=True)
class Spam(OnCase):
    """Hide an unverified entry, or close the case, and tell nobody. ``entry``: ``""`` for the only one."""

    rule: ClassVar[Rule] = DESK
    entry: str = ""
