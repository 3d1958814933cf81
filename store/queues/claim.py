"""Claims of due deliveries by one process, those that somebody waits for first."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, null, update
from sqlalchemy.sql.dml import ReturningUpdate

from store.engine.columns import constants
from store.engine.lease import due
from store.engine.transaction import Transaction
from store.queues.outbox import COLUMNS, Outgoing, outgoing
from store.queues.outbox_body import BLANKS, CONTENT, with_bytes

SMALL = 64 * 1024
"""Bytes of a message, as it is stored, that is read together with its row."""


@cache
def _claim(behind: tuple[str, ...]) -> ReturningUpdate[Any]:
    small = func.length(outgoing.c.payload) + func.coalesce(func.length(CONTENT), 0) <= SMALL
    payload = case((small, outgoing.c.payload), else_=null())
    columns: list[ColumnElement[Any]] = [
        payload.label(name) if name == "payload" else outgoing.c[name] for name in COLUMNS
    ]
    columns += [BLANKS, case((small, CONTENT), else_=null())]
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
    claimed = (with_bytes(Outgoing(*row[:-2], leased=tx.began), *row[-2:]) for row in rows)
    return sorted(claimed, key=lambda row: row.id)
