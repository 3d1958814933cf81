"""Claims of due deliveries by one process, those that somebody waits for first."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, null, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from store.engine.columns import constants
from store.engine.lease import due
from store.engine.transaction import Transaction
from store.queues.outbox import COLUMNS, Outgoing, outgoing

SMALL = 64 * 1024
"""Bytes of a payload that is read together with its row."""


@cache
def _claim(behind: tuple[str, ...]) -> ReturningUpdate[Any]:
    payload = case((func.length(outgoing.c.payload) <= SMALL, outgoing.c.payload), else_=null())
    columns = [payload.label(name) if name == "payload" else outgoing.c[name] for name in COLUMNS]
    which = (outgoing.c.notice.not_in(constants(*behind)),) if behind else ()
    return (
        update(outgoing)
        .where(outgoing.c.id.in_(due(outgoing, *which)))
        .values(
            due_at=bindparam("until"), fence=outgoing.c.fence + 1, attempts=outgoing.c.attempts + 1, reason=""
        )
        .returning(*columns)
    )


def deliveries(
    tx: Transaction, *, now: datetime, until: datetime, most: int, behind: tuple[str, ...] = ()
) -> list[Outgoing]:
    """Claim due deliveries, leased until ``until``; the notices in ``behind`` come last.

    Large payloads stay in the store. Each query uses the index of due rows: one that sorted all of them would
    hold up every other writer.
    """
    values = {"now": tx.due(now), "until": tx.due(until)}
    rows = list(tx.rows(_claim(behind), {**values, "most": most}))
    if behind and len(rows) < most:
        rows += tx.rows(_claim(()), {**values, "most": most - len(rows)})
    return sorted((Outgoing(*row, leased=tx.began) for row in rows), key=lambda row: row.id)


_PAYLOAD = select(outgoing.c.payload).where(outgoing.c.id == bindparam("the_id"))


def payload_of(tx: Transaction, row_id: int) -> bytes:
    """The bytes of a delivery."""
    return bytes(tx.value(_PAYLOAD, {"the_id": row_id}))
