"""Deliveries that still wait for a chat channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from store.cases.case import case
from store.engine.transaction import Transaction
from store.queues.outbox import outgoing


@dataclass(frozen=True, slots=True)
class UnshownNotice:
    """A notice that waits for a board, by the id of its delivery, and its case."""

    id: int
    case_id: int
    since: datetime


def waiting(
    tx: Transaction, boards: Sequence[str], *, before: datetime, urgent: str, urgent_before: datetime
) -> list[UnshownNotice]:
    """Notices for these channels written ``before`` (``urgent_before`` for urgent cases), oldest first.

    ``urgent`` is the priority of urgent cases. Cards are not among the notices: they say nothing that a
    notice does not.
    """
    statement = (
        select(outgoing.c.id, outgoing.c.case_id, outgoing.c.created_at)
        .join(case, case.c.id == outgoing.c.case_id)
        .where(outgoing.c.due_at.is_not(None), outgoing.c.outcome == "waiting")
        .where(outgoing.c.channel.in_(boards), outgoing.c.person_id.is_(None), outgoing.c.key == "")
        .where(
            or_(
                outgoing.c.created_at < before,
                (case.c.priority == urgent) & (outgoing.c.created_at < urgent_before),
            )
        )
        .order_by(outgoing.c.id)
    )
    return [UnshownNotice(*row) for row in tx.rows(statement)]
