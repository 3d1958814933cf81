"""Status of dispatches: what became of a dispatch, shown at the message that it was sent with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from store.engine.columns import new_id
from store.engine.transaction import Transaction
from store.queues import outbox
from store.queues.outbox import Outgoing

STATUS = "status"
"""The notice's name, and what its key begins with: ``status/17``."""
STATUS_INTERVAL = timedelta(seconds=1)
"""Between two showings: what is delivered meanwhile is shown together."""


def refresh(
    tx: Transaction, dispatch: int, channel: str, *, now: datetime, until: datetime
) -> list[Outgoing]:
    """Put a status into the outbox; returns the row if it is leased to the caller, ``until`` then.

    If that is no later than now, it is due at once and anybody's.
    """
    key = f"{STATUS}/{dispatch}"
    row = Outgoing(
        new_id(), channel, "", "", key.encode(), now, attempts=int(until > now), fence=1, key=key, notice=STATUS,
        leased=tx.began,
    )  # fmt: skip
    fresh = outbox.refresh(tx, row, notice=STATUS, now=now, until=until, interval=STATUS_INTERVAL)
    return [fresh] if fresh else []


def refresh_all(tx: Transaction, dispatches: Mapping[int, str], *, now: datetime) -> None:
    """Put the status of dispatches into the outbox, for any process; ``{dispatch: channel}``."""
    for dispatch, channel in dispatches.items():
        refresh(tx, dispatch, channel, now=now, until=now)
