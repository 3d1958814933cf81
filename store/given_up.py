"""Given up: deliveries that were tried for long enough, or refused for good."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from store.outbox import outgoing
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A delivery that was given up, and why; to a place, if there is no person."""

    channel: str
    notice: str
    key: str
    person_id: int | None
    reason: str


def get(tx: Transaction, row_id: int) -> GivenUp | None:
    """A delivery, if it is dead."""
    columns = (outgoing.c.channel, outgoing.c.notice, outgoing.c.key, outgoing.c.person_id, outgoing.c.reason)
    dead = select(*columns).where(outgoing.c.id == row_id, outgoing.c.outcome == "dead")
    row = tx.row(dead, of=(outgoing,))
    return GivenUp(*row) if row else None
