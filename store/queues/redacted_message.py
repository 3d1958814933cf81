"""Redacted messages: what we posted in a chat, written anew where it stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select

from store.engine.columns import new_id
from store.engine.lease import of_delivery
from store.engine.transaction import Transaction
from store.queues import outbox
from store.queues.outbox import Outgoing, outgoing

REDACTED = "redacted"
"""The notice's name, and what its key begins with: ``redacted/17`` for the delivery 17."""
_INTERVAL = timedelta(seconds=1)


def refresh(
    tx: Transaction, delivery: int, channel: str, recipient: str, *, case_id: int | None, now: datetime
) -> list[Outgoing]:
    """Have a message written anew from its payload of then; returns the row if it is leased to the caller."""
    key = f"{REDACTED}/{delivery}"
    row = Outgoing(
        new_id(), channel, recipient, "", key.encode(), now, attempts=1, fence=1, case_id=case_id, key=key,
        notice=REDACTED, leased=tx.began,
    )  # fmt: skip
    until = of_delivery(tx, now)
    fresh = outbox.refresh(tx, row, notice=REDACTED, now=now, until=until, interval=_INTERVAL)
    return [fresh] if fresh else []


class StandingMessage(NamedTuple):
    """A message of ours that stands in a chat."""

    id: int
    payload: bytes
    place: str
    since: datetime
    """When it was put into the outbox: it cannot stand there any longer."""


_STANDING = select(outgoing.c.id, outgoing.c.payload, outgoing.c.place, outgoing.c.created_at).where(
    outgoing.c.id == bindparam("the_id"), outgoing.c.place != ""
)


def standing(tx: Transaction, delivery: int) -> StandingMessage | None:
    """A delivery that stands somewhere; None if it stands nowhere."""
    row = tx.row(_STANDING, {"the_id": delivery})
    return StandingMessage(*row) if row else None
