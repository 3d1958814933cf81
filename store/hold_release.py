"""The release of a held desk: what waits there, and what of it is dropped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update

from store import channel_state
from store.engine.transaction import Transaction
from store.hold import NAME
from store.queues import dispatch, dispatch_status, outbox_batch
from store.queues.outbox import GATHERING, WITHDRAWN, outgoing

DROPPED = "dropped when the restored desk was released"


@dataclass(frozen=True, slots=True)
class PendingDeliveries:
    """What waits in the outbox: how much, and when the first and the last of it were written."""

    count: int
    first: datetime | None
    last: datetime | None


_OPEN = outgoing.c.due_at.is_not(None)
_STANDS = (outgoing.c.key != "") & (outgoing.c.place != "")
"""A card that stands already: showing it anew is an edit, which may be done twice."""


def pending(tx: Transaction) -> PendingDeliveries:
    """What waits in the outbox, without the cards that are only shown anew."""
    columns = (func.count(), func.min(outgoing.c.created_at), func.max(outgoing.c.created_at))
    return PendingDeliveries(*tx.row(select(*columns).where(_OPEN, ~_STANDS)))


def release(tx: Transaction, *, before: datetime | None, now: datetime) -> int:
    """End the hold; returns how many deliveries are dropped: those written ``before`` (None: none)."""
    dropped = _drop(tx, before, now) if before else 0
    channel_state.write(tx, NAME, {})
    return dropped


def _drop(tx: Transaction, before: datetime, now: datetime) -> int:
    old = (_OPEN, or_(outgoing.c.key == "", outgoing.c.place == ""), outgoing.c.created_at < before)
    ids = [row[0] for row in tx.rows(select(outgoing.c.id).where(*old))]
    batched = select(outgoing.c.id).where(*old, outgoing.c.outcome == GATHERING).scalar_subquery()
    tx.run(delete(outbox_batch.draft).where(outbox_batch.draft.c.id.in_(batched)))
    after = {"due_at": None, "outcome": WITHDRAWN, "reason": DROPPED, "settled_at": now}
    count = tx.run(update(outgoing).where(*old).values(**after, fence=outgoing.c.fence + 1))
    dispatch_status.refresh_all(tx, dispatch.of_deliveries(tx, ids), now=now)
    return count
