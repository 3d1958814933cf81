"""Dead letters: deliveries that were given up, and their retry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, or_, select, update

from store.engine.transaction import Transaction
from store.queues.outbox import outgoing


@dataclass(frozen=True, slots=True)
class DeadDelivery:
    """A dead letter and why; to a place, if there is no person."""

    channel: str
    notice: str
    key: str
    recipient: str
    person_id: int | None
    reason: str
    payload: bytes


def get(tx: Transaction, row_id: int, *, outcome: str = "dead") -> DeadDelivery | None:
    """A delivery, if it is dead, or ``waiting``."""
    columns = [outgoing.c[name] for name in DeadDelivery.__slots__]
    statement = select(*columns).where(outgoing.c.id == row_id, outgoing.c.outcome == outcome)
    row = tx.row(statement)
    return DeadDelivery(*row) if row else None


def refreshed(tx: Transaction, channel: str, key: str) -> bool:
    """Is the refresh with this key (``outbox.refresh``) a dead letter?"""
    dead = select(outgoing.c.id).where(
        outgoing.c.channel == channel,
        outgoing.c.key == key,
        outgoing.c.key != "",
        outgoing.c.outcome == "dead",
    )
    return tx.row(dead) is not None


def retry(tx: Transaction, ids: Sequence[int] | None = None, *, now: datetime) -> int:
    """Make dead and postponed deliveries due now, except those in progress; returns how many.

    A bounced one is tried again only if it is named: it would bounce again.
    """
    where = [
        outgoing.c.outcome.in_(("waiting", "dead") if ids is None else ("waiting", "dead", "failed")),
        or_(outgoing.c.reason != "", outgoing.c.due_at <= tx.due(now)),
    ]
    if ids is not None:
        where.append(outgoing.c.id.in_(ids))
    tried = case((outgoing.c.attempts > 0, 1), else_=0)  # it may have arrived: whoever can, looks before
    values = {"due_at": tx.due(now), "outcome": "waiting", "attempts": tried, "settled_at": None}
    return tx.run(update(outgoing).where(*where).values(**values, fence=outgoing.c.fence + 1))
