"""What a year's desk still holds of messages and words, and what of that is due to go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from store.cases.case import case
from store.cases.entry import entry
from store.engine.transaction import Transaction
from store.queues.inbox import inbox
from store.queues.outbox import outgoing
from tests.support.year.privacy import CLOSED, COPIES, RAW, SENT

EXPIRED = "[—]"
Dated = dict[int, tuple[datetime, int | None]]
"""Since when something has been there, and its case."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """All that is still there, by id."""

    came: Dated
    """Messages as they came."""
    sent: Dated
    """Messages that were sent in chats."""
    copies: Dated
    """Mails that were sent."""
    words: dict[int, int]
    """Entries that have words, and their cases."""
    subjects: frozenset[int]
    """Cases that have one."""
    families: dict[int, frozenset[int]]
    """Of each case that is closed, by itself or as a part: all cases with it, and their parts."""
    closed: dict[int, datetime]
    """Since when a case that is no part has been closed."""

    def without_due(self, now: datetime) -> Shelf:
        """What must be there once the upkeep was at work, and nothing else."""
        long_ago = [number for number, at in self.closed.items() if now - at > CLOSED]
        there = {*self.subjects, *self.words.values()}
        emptied = {
            part for number in long_ago if self.families[number] & there for part in self.families[number]
        }
        return replace(
            self,
            came=_younger(self.came, now - RAW, emptied),
            sent=_younger(self.sent, now - SENT, emptied),
            copies=_younger(self.copies, now - COPIES, emptied),
            words={each: number for each, number in self.words.items() if number not in emptied},
            subjects=self.subjects - emptied,
        )


def _younger(dated: Dated, since: datetime, emptied: Iterable[int]) -> Dated:
    return {
        each: (at, number) for each, (at, number) in dated.items() if at >= since and number not in emptied
    }


def shelf(tx: Transaction) -> Shelf:
    """Look at what is there."""
    came = select(inbox.c.id, inbox.c.received_at, inbox.c.case_id).where(inbox.c.raw != b"")
    settled = select(outgoing.c.id, outgoing.c.settled_at, outgoing.c.case_id).where(
        outgoing.c.payload != b"", outgoing.c.key == "", outgoing.c.due_at.is_(None)
    )
    words = select(entry.c.id, entry.c.case_id).where(entry.c.text != EXPIRED)
    cases = tx.rows(select(case.c.id, case.c.subject, case.c.state, case.c.closed_at, case.c.merged_id))
    wholes = [row for row in cases if row.merged_id is None and row.state == "closed"]
    return Shelf(
        _dated(tx.rows(came)),
        _dated(tx.rows(settled.where(outgoing.c.body_id.is_(None)))),
        _dated(tx.rows(settled.where(outgoing.c.body_id.is_not(None)))),
        {row[0]: row[1] for row in tx.rows(words)},
        frozenset(row.id for row in cases if row.subject != EXPIRED),
        {
            row.id: frozenset(part.id for part in cases if row.id in (part.id, part.merged_id))
            for row in wholes
        },
        {row.id: row.closed_at for row in wholes},
    )


def _dated(rows: Iterable[Any]) -> Dated:
    return {row[0]: (row[1], row[2]) for row in rows}
