"""Overdue rows: put off by a wrong clock for longer than anything ever is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, and_, func, or_, select, update

from store.cases.timer import timer
from store.engine.lease import LEASE
from store.engine.transaction import Transaction
from store.queues.inbox import inbox
from store.queues.outbox import GATHERING, outgoing

LATEST = timedelta(hours=4) + LEASE + timedelta(minutes=1)
"""No try is put off for longer than four hours, and a lease is over sooner than that."""
FUTURE = timedelta(minutes=1)
"""What came later than that from now came while a clock was wrong."""


def wake(tx: Transaction, *, now: datetime) -> int:
    """Make rows due that wait too long without a reason; returns how many.

    Rows that a living process holds are not touched: its lease is over sooner.
    """
    sleeping = _asleep(tx, now).items()
    return sum(tx.run(update(of).where(sleeps).values(due_at=tx.due(now))) for of, sleeps in sleeping)


def count(tx: Transaction, *, now: datetime) -> int:
    """How many messages, deliveries and timers wait too long without a reason."""
    sleeping = _asleep(tx, now).items()
    return sum(tx.value(select(func.count()).select_from(of).where(sleeps)) for of, sleeps in sleeping)


def _asleep(tx: Transaction, now: datetime) -> Mapping[Table, ColumnElement[bool]]:
    late, soon, future = tx.due(now + LATEST), tx.due(now + 2 * LEASE), now + FUTURE
    return {
        inbox: or_(
            inbox.c.due_at > late, and_(inbox.c.due_at > soon, inbox.c.received_at > future)
        ),
        outgoing: or_(
            outgoing.c.due_at > late,
            and_(outgoing.c.due_at > soon, outgoing.c.created_at > future, outgoing.c.outcome != GATHERING),
        ),
        timer: and_(timer.c.due_at > late, timer.c.at <= now),
    }  # fmt: skip
