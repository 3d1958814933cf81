"""Holdings: how much the store has of a person, counted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table, func, select

from store.cases.attachment import attachment
from store.cases.concern import concern
from store.cases.entry import entry
from store.cases.survey import survey
from store.engine.transaction import Transaction
from store.erasure.data_subject import DataSubject, SubjectCase
from store.people.blocked_sender import blocked
from store.people.snippet import snippet
from store.queues.outbox import outgoing


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much is held of somebody beside their cases."""

    mails_sent: int
    surveys: int
    concerns: int
    snippets: int
    phones: int
    blocked: bool


def of(tx: Transaction, who: DataSubject) -> Holdings:
    """Count what is held."""
    blocks = [
        tx.value(select(blocked.c.proof).where(blocked.c.channel == channel, blocked.c.address == address))
        for channel, address in who.addresses
    ]
    person_id = who.ids[0]
    return Holdings(
        mails_sent=_count(tx, outgoing, person_id),
        surveys=_count(tx, survey, person_id),
        concerns=_count(tx, concern, person_id),
        snippets=_count(tx, snippet, person_id),
        phones=len(who.phones),
        blocked=any(level is not None for level in blocks),
    )


def _count(tx: Transaction, table: Table, person_id: int) -> int:
    return int(tx.value(select(func.count()).select_from(table).where(table.c.person_id == person_id)))


def words_of(tx: Transaction, who: DataSubject, on: SubjectCase) -> tuple[int, int]:
    """How many entries and files of a case go with a person."""
    if who.role != "contact":
        return 0, 0
    here = [entry.c.case_id == on.number]
    if not on.sole:
        here.append(entry.c.person_id == who.ids[0])
    entries = tx.value(select(func.count()).select_from(entry).where(*here))
    joined = attachment.join(entry, attachment.c.entry_id == entry.c.id)
    files = tx.value(select(func.count()).select_from(joined).where(*here))
    return int(entries), int(files)
