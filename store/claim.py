"""Claims: deliveries that are due are taken up by one process, those that somebody waits for before all others."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, func, null, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from store.lease import due
from store.outbox import COLUMNS, Outgoing, outgoing
from store.transaction import Transaction

SMALL = 64 * 1024
"""Bytes of a payload that is read together with its row."""


@cache
def _claim(behind: tuple[str, ...]) -> ReturningUpdate[Any]:
    payload = case((func.length(outgoing.c.payload) <= SMALL, outgoing.c.payload), else_=null())
    columns = [payload.label(name) if name == "payload" else outgoing.c[name] for name in COLUMNS]
    first = (outgoing.c.notice.in_(behind),) if behind else ()
    return (
        update(outgoing)
        .where(outgoing.c.id.in_(due(outgoing, *first)))
        .values(
            due_at=bindparam("until"), fence=outgoing.c.fence + 1, attempts=outgoing.c.attempts + 1, reason=""
        )
        .returning(*columns)
    )


def deliveries(
    tx: Transaction, *, now: datetime, until: datetime, most: int, behind: tuple[str, ...] = ()
) -> list[Outgoing]:
    """Take up deliveries that are due, leased until ``until``; notices called as in ``behind`` come after all others.

    The bytes of those that are not small stay in the store.
    """
    values = {"now": tx.due(now), "until": tx.due(until), "most": most}
    rows = tx.rows(_claim(behind), values, of=(outgoing,))
    return sorted((Outgoing(*row, leased=tx.began) for row in rows), key=lambda row: row.id)


_PAYLOAD = select(outgoing.c.payload).where(outgoing.c.id == bindparam("the_id"))


def payload_of(tx: Transaction, row_id: int) -> bytes:
    """The bytes of a delivery."""
    return bytes(tx.value(_PAYLOAD, {"the_id": row_id}, of=(outgoing,)))
