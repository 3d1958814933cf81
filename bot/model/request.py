"""Request: one person's commands from one message, and what all commands are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, runtime_checkable

from bot.model.identity import Identity, Proof
from bot.model.mark import Mark
from bot.model.message import Said
from bot.model.rule import Rule


@dataclass(frozen=True, slots=True)
class Command:
    """The base of all commands; never instantiated itself."""

    rule: ClassVar[Rule]
    """Who may ask for it, and how sure that must be; stands in each command."""


OPENED = 0
"""In place of a case's number: the case that the same message opens, by an earlier command."""


@dataclass(frozen=True, slots=True)
class OnCase(Command):
    """A command about one case, by its number; ``OPENED``: the one that the same message opens."""

    case: int


@runtime_checkable
class WithText(Protocol):
    """A command that carries somebody's words."""

    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SentDraft:
    """The draft of a form that is done: its channel's state ``name``, if there is any, becomes ``state``."""

    name: str
    state: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One person's commands from one message, in order, carried out in one transaction.

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
    draft: SentDraft | None = None
    """Put away in the same transaction, if all commands are done."""
    public_form: bool = False
    """A form that anybody may send: its files and the held case that it opens count against the quotas of a day."""
    colleague: bool = False
    """Whether the sender belongs to the operator's organisation without being staff.

    Such a sender does not become a collaborator."""
    mark: Mark | None = None
    """It was asked by a sign on a message: once all is done the sign is shown, and words where something is not."""
    below: bool = False
    """The case that it opens goes on below the words that open it, if ``place`` is its account's own."""
    copies: tuple[str, ...] = ()
    """Keys of further receipts, by which copies of the message that come another way are recognised."""
    evidence: tuple[str, ...] = ()
    """Why the case, the proof and the verdict were chosen; kept with the history."""
