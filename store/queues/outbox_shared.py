"""Deliveries suppressed because the recipient reads the same thread as another."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, update

from store.engine.transaction import Transaction
from store.queues.outbox import ALONG, outgoing

_APART = (
    update(outgoing)
    .where(outgoing.c.case_id == bindparam("the_case"), outgoing.c.outcome == ALONG)
    .where(outgoing.c.reason == bindparam("the_first"))
    .values(
        outcome="waiting", reason="", due_at=bindparam("now"), settled_at=None, fence=outgoing.c.fence + 1
    )
)


def apart(tx: Transaction, case_id: int, first: int, *, now: datetime) -> int:
    """Send the notices that were suppressed for the failed delivery ``first``; returns how many.

    It did not reach the place, so those who would have read it there are told separately.
    """
    return tx.run(_APART, {"the_case": case_id, "the_first": str(first), "now": tx.due(now)})
