"""Leases: how a row that is due is taken up by one process only, and stays its own while it lives.

A table with leases has ``id``, ``due_at`` (NULL: settled; a lease is the due time moved on) and ``fence``.
``due_at`` is told by the database's clock (``Transaction.due``), callers speak of their own machine's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, ScalarSelect, Table, Update, bindparam, select, update

from store.engine.announcement import OUTBOX
from store.engine.transaction import InQuery, Transaction

LEASE = timedelta(seconds=20)
"""How long work in this process's hands stays its own; renewed every few seconds while it is."""


def of_delivery(tx: Transaction, now: datetime) -> datetime:
    """Until when a delivery that is written now is this process's own.

    Not at all in a process that makes none: then it is announced, and free for those that do.
    """
    if tx.delivers:
        return now + LEASE
    tx.announce(OUTBOX)
    return now


def due(table: Table, *which: ColumnElement[bool]) -> ScalarSelect[int]:
    """The ids of rows due at ``:now``, oldest first, ``:most`` at most; skips rows others are claiming."""
    return (
        select(table.c.id)
        .where(table.c.due_at <= bindparam("now"), *which)
        .order_by(table.c.due_at)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )


def held(table: Table) -> Update:
    """An update of the row ``:the_id`` while ``:the_fence`` still holds it and it is not settled."""
    return (
        update(table)
        .where(table.c.id == bindparam("the_id"), table.c.fence == bindparam("the_fence"))
        .where(table.c.due_at.is_not(None))
    )


def renew(
    tx: Transaction, table: Table, rows: Sequence[tuple[int, int]], *, until: datetime
) -> list[tuple[int, int]]:
    """Extend the leases of ``(id, fence)`` pairs; returns those that are another process's by now."""
    if not rows:
        return []
    due_at = tx.due(until)
    values = [{"the_id": row_id, "the_fence": fence, "until": due_at} for row_id, fence in rows]
    if tx.run(_renewal(table), values) == len(rows):
        return []
    still = {(row[0], row[1]) for row in _ours(table).rows(tx, [row_id for row_id, _ in rows])}
    return [pair for pair in rows if pair not in still]


@cache
def _renewal(table: Table) -> Update:
    return held(table).values(due_at=bindparam("until"))


@cache
def _ours(table: Table) -> InQuery:
    return InQuery(select(table.c.id, table.c.fence), table.c.id)
