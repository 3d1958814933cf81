"""Retention: what is older than was decided goes, a few rows in a transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select, update

from store.cases.attachment import attachment
from store.cases.case import case, event
from store.cases.concern import concern
from store.cases.entry import entry
from store.cases.participant import participant
from store.cases.priority_request import priority_request
from store.cases.search import entry_text
from store.cases.survey import survey
from store.engine.transaction import Transaction
from store.erasure import queue_bytes
from store.erasure.entries import DroppedFile, moment_of
from store.erasure.event_details import figures
from store.people.person import person
from store.queues import erasure_task, outbox_body
from store.queues.inbox import HAS_BYTES, inbox
from store.queues.outbox import outgoing

EXPIRED = "[—]"
"""What stands where the words of a case stood."""
ROWS = 200
"""Rows of a batch."""
ASIDE, HANDLED = ("aside", "shunted"), ("done",)
"""Outcomes of messages that made nothing, and of those that did."""


class RetentionBatch(NamedTuple):
    """How much one batch has removed, and the id after which the next one begins; 0: there is no more."""

    removed: int
    after: int


# messages as they came


def expired_messages(before: datetime, outcomes: Sequence[str]) -> ColumnElement[bool]:
    """Messages that are handled, older than that, and still there as they came."""
    old = and_(inbox.c.outcome.in_(outcomes), inbox.c.received_at < before)
    return and_(old, inbox.c.due_at.is_(None), HAS_BYTES)


def drop_messages(
    tx: Transaction, before: datetime, outcomes: Sequence[str], *, after: int, now: datetime
) -> RetentionBatch:
    """Drop the bytes of old messages, and whom their envelopes name; rows stay, to know copies by."""
    columns = (inbox.c.id, inbox.c.file, inbox.c.received_at, inbox.c.envelope)
    which = (expired_messages(before, outcomes), inbox.c.id > after)
    rows = tx.rows(
        select(*columns).where(*which).order_by(inbox.c.id).limit(ROWS).with_for_update(skip_locked=True)
    )
    for row in rows:
        envelope = json.dumps(queue_bytes.without_people(json.loads(row.envelope)))
        tx.run(update(inbox).where(inbox.c.id == row.id).values(raw=b"", file=None, envelope=envelope))
    files = [DroppedFile(row.file, row.received_at) for row in rows if row.file]
    return _done(tx, [row.id for row in rows], files, now)


# what was sent


def expired_deliveries(before: datetime) -> ColumnElement[bool]:
    """Deliveries that are settled, older than that, and still there as they were sent."""
    at = func.coalesce(outgoing.c.settled_at, outgoing.c.created_at)
    return and_(outgoing.c.due_at.is_(None), at < before, outgoing.c.payload != b"", outgoing.c.key == "")


def drop_deliveries(tx: Transaction, before: datetime, *, after: int, now: datetime) -> RetentionBatch:
    """Drop the bytes of old deliveries; to whom they went and when stays, and their Message-IDs."""
    which = (expired_deliveries(before), outgoing.c.id > after)
    rows = tx.rows(
        select(outgoing.c.id)
        .where(*which)
        .order_by(outgoing.c.id)
        .limit(ROWS)
        .with_for_update(skip_locked=True)
    )
    ids = [row.id for row in rows]
    if ids:
        outbox_body.replace(tx, outgoing.c.id.in_(ids), payload=b"", lines=b"")
    return _done(tx, ids, [], now)


def drop_copies(tx: Transaction, before: datetime, *, after: int, now: datetime) -> RetentionBatch:
    """Drop the copies of mails that were sent before then; what did not arrive keeps its bytes."""
    return RetentionBatch(*outbox_body.drop_sent(tx, before, after=after, most=ROWS))


# closed cases


def expired_cases(before: datetime) -> ColumnElement[bool]:
    """Cases that were closed before that and still have words, with all that was merged into them."""
    part = case.alias("part")
    here = or_(part.c.id == case.c.id, part.c.merged_id == case.c.id)
    worded = exists().where(entry.c.case_id == part.c.id, here, entry.c.text != EXPIRED)
    closed = and_(case.c.state == "closed", case.c.closed_at < before, case.c.merged_id.is_(None))
    return and_(closed, or_(case.c.subject != EXPIRED, worded))


def next_case(tx: Transaction, before: datetime, *, after: int) -> int | None:
    """The next case whose words go."""
    which: Select[tuple[int]] = select(case.c.id).where(expired_cases(before), case.c.id > after)
    number: int | None = tx.value(which.order_by(case.c.id).limit(1))
    return number


def empty_case(tx: Transaction, number: int, *, now: datetime) -> list[int]:
    """Take all words and files out of a case and its parts; returns the persons around it.

    Numbers, states, moments, reasons and ratings stay: the report counts by them.
    """
    numbers = [number, *(row[0] for row in tx.rows(select(case.c.id).where(case.c.merged_id == number)))]
    files = _empty_entries(tx, numbers)
    blank = {"subject": EXPIRED, "ids": "", "contact_name": "", "contact_phone": ""}
    tx.run(update(case).where(case.c.id.in_(numbers)).values(**blank, version=case.c.version + 1))
    for row in tx.rows(select(event.c.id, event.c.name, event.c.detail).where(event.c.case_id.in_(numbers))):
        tx.run(update(event).where(event.c.id == row.id).values(detail=figures(row.name, row.detail)))
    for column in (survey.c.comment, priority_request.c.why, concern.c.phone):
        table = column.table
        tx.run(update(table).where(table.c.case_id.in_(numbers), column != "").values({column: ""}))
    about = (outgoing.c.case_id.in_(numbers), outgoing.c.due_at.is_(None), outgoing.c.key == "")
    outbox_body.replace(tx, *about, payload=b"", lines=b"")
    ids = [row[0] for row in tx.rows(select(inbox.c.id).where(inbox.c.case_id.in_(numbers), HAS_BYTES))]
    files += queue_bytes.forget_messages(tx, ids)
    queue_bytes.forget_answers(tx, queue_bytes.answers_of(tx, numbers))
    erasure_task.add(tx, [(file.sha256, file.stored_at) for file in files], now=now)
    return _people(tx, numbers)


def is_passing(tx: Transaction, ids: Sequence[int]) -> bool:
    """Is somebody a contact without an account, and without a case that still has words?"""
    row = tx.row(select(person.c.role, person.c.account_id).where(person.c.id == ids[0]))
    if row is None or row.role != "contact" or row.account_id is not None:
        return False
    theirs = select(participant.c.case_id).where(participant.c.person_id.in_(ids))
    alive = select(case.c.id).where(
        or_(case.c.id.in_(theirs), case.c.requester_id.in_(ids)), case.c.subject != EXPIRED
    )
    return tx.row(alive.limit(1)) is None


def _empty_entries(tx: Transaction, numbers: Sequence[int]) -> list[DroppedFile]:
    here = entry.c.case_id.in_(numbers)
    ids = [row[0] for row in tx.rows(select(entry.c.id).where(here))]
    rows = tx.rows(select(attachment.c.id, attachment.c.sha256).where(attachment.c.case_id.in_(numbers)))
    tx.run(delete(attachment).where(attachment.c.case_id.in_(numbers)))
    tx.run(update(entry).where(here).values(text=EXPIRED, rest="[]"))
    for entry_id in ids:
        tx.run(delete(entry_text).where(entry_text.c.rowid == entry_id))
    return [DroppedFile(row.sha256, moment_of(row.id)) for row in rows]


def _people(tx: Transaction, numbers: Sequence[int]) -> list[int]:
    rows = tx.rows(select(participant.c.person_id).where(participant.c.case_id.in_(numbers)).distinct())
    openers = tx.rows(select(case.c.requester_id).where(case.c.id.in_(numbers)))
    return sorted({row[0] for row in (*rows, *openers)})


def _done(tx: Transaction, ids: Sequence[int], files: Sequence[DroppedFile], now: datetime) -> RetentionBatch:
    if ids:
        erasure_task.add(tx, [(file.sha256, file.stored_at) for file in files], now=now)
    return RetentionBatch(len(ids), ids[-1] if len(ids) == ROWS else 0)


# what would go


def messages_due(tx: Transaction, before: datetime, outcomes: Sequence[str]) -> int:
    """How many messages would go."""
    which = expired_messages(before, outcomes)
    return int(tx.value(select(func.count()).select_from(inbox).where(which)))


def deliveries_due(tx: Transaction, before: datetime) -> int:
    """How many deliveries would go."""
    return int(tx.value(select(func.count()).select_from(outgoing).where(expired_deliveries(before))))


def copies_due(tx: Transaction, before: datetime) -> int:
    """How many copies of sent mails would go."""
    return outbox_body.sent_before(tx, before)


def cases_due(tx: Transaction, before: datetime) -> int:
    """How many cases' words would go."""
    return int(tx.value(select(func.count()).select_from(case).where(expired_cases(before))))
