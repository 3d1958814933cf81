"""Uploading: the page where a customer sends files of any size to a case; it shows no more of it than the number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot import quota
from bot.commands import Identity
from bot.facts import FileFacts
from bot.front import Front
from bot.grammar import label
from bot.settings import Limits
from store import conversation
from store.case import Case
from store.people import Person
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class UploadPage:
    """Where files are taken for a case."""

    front: Front
    numbers: tuple[int, ...]
    """Case, person."""
    reader: Identity
    mailbox: str
    number: str
    sent: tuple[FileFacts, ...]
    """What this very person sent to the case before."""
    left: int | None
    """Bytes that may still be uploaded today; None: no limit."""


def find(
    tx: Transaction, case: Case, person: Person, limits: Limits, *, front: Front, now: datetime
) -> UploadPage:
    """The page of one customer."""
    theirs = {row.id for row in conversation.entries(tx, case.id) if row.person_id == person.id}
    files = conversation.files(tx, case.id)
    return UploadPage(
        front=front,
        numbers=(case.id, person.id),
        reader=Identity(person.channel, person.address, person.name),
        mailbox=case.mailbox,
        number=label(case.id),
        sent=tuple(
            FileFacts(one.name, one.size) for one in files if one.entry_id in theirs and not one.inline
        ),
        left=quota.left(tx, limits, person, now=now),
    )
