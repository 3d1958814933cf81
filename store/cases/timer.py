"""Timers: what is due on a case at a moment; each is leased when it is claimed, and settled once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Update,
    bindparam,
    func,
    select,
    update,
)

from store.engine.columns import Id, Moment, constants, metadata, new_id
from store.engine.lease import due, held
from store.engine.transaction import InQuery, Transaction

timer = Table(
    "timer",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("support_case.id"), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("at", Moment, nullable=False),  # when it is to happen; moved by ``postpone`` alone
    Column("due_at", Moment),  # NULL: settled. A lease is the due time moved on
    Column("fence", Integer, nullable=False, default=0),
    Column("outcome", String(12), nullable=False, default="waiting"),  # waiting, done, cancelled
)
Index(
    "ix_timer_due",
    timer.c.due_at,
    sqlite_where=timer.c.due_at.is_not(None),
    postgresql_where=timer.c.due_at.is_not(None),
)
Index(
    "ix_timer_open_at",
    timer.c.at,
    timer.c.due_at,
    sqlite_where=timer.c.due_at.is_not(None),
    postgresql_where=timer.c.due_at.is_not(None),
)  # which of those that were to happen by now are put off


@dataclass(frozen=True, slots=True)
class Timer:
    """One timer, in the hands of the holder of ``fence``."""

    id: int
    case_id: int
    kind: str
    at: datetime
    fence: int


def start(tx: Transaction, case_id: int, kind: str, at: datetime) -> None:
    """Start a timer of a case for a moment (UTC)."""
    tx.add(
        timer, id=new_id(), case_id=case_id, kind=kind, at=at, due_at=tx.due(at), fence=0, outcome="waiting"
    )  # fmt: skip


def cancel(tx: Transaction, case_id: int, kinds: Sequence[str]) -> int:
    """Cancel timers of these kinds; returns how many."""
    return tx.run(_cancelling(tuple(kinds)), {"the_case": case_id})


@cache
def _cancelling(kinds: tuple[str, ...]) -> Update:
    return (
        update(timer)
        .where(timer.c.case_id == bindparam("the_case"), timer.c.due_at.is_not(None))
        .where(timer.c.kind.in_(constants(*kinds)))
        .values(due_at=None, outcome="cancelled", fence=timer.c.fence + 1)
    )


_CLAIM = (
    update(timer)
    .where(timer.c.id.in_(due(timer)))
    .values(due_at=bindparam("until"), fence=timer.c.fence + 1)
    .returning(timer.c.id, timer.c.case_id, timer.c.kind, timer.c.at, timer.c.fence)
)


def claim(tx: Transaction, *, now: datetime, until: datetime, most: int) -> list[Timer]:
    """Claim due timers, leased until ``until``, oldest first."""
    rows = tx.rows(_CLAIM, {"now": tx.due(now), "until": tx.due(until), "most": most})
    return sorted((Timer(*row) for row in rows), key=lambda claimed: claimed.at)


_SETTLE = held(timer).values(due_at=None, outcome="done")


def settle(tx: Transaction, timer_id: int, fence: int) -> bool:
    """Mark a timer as done; False if it was cancelled or taken over meanwhile."""
    return tx.run(_SETTLE, {"the_id": timer_id, "the_fence": fence}) == 1


_NEXT = InQuery(
    select(timer.c.case_id, func.min(timer.c.at))
    .where(timer.c.due_at.is_not(None), timer.c.kind.in_(bindparam("kinds", expanding=True)))
    .group_by(timer.c.case_id),
    timer.c.case_id,
)


def soonest(tx: Transaction, cases: Sequence[int], kinds: Sequence[str]) -> dict[int, datetime]:
    """When the next timer of one of these kinds is due, by case."""
    return {row[0]: row[1] for row in _NEXT.rows(tx, cases, {"kinds": list(kinds)})}


_WAITING = (
    select(timer.c.kind, timer.c.at)
    .where(timer.c.case_id == bindparam("case_id"), timer.c.due_at.is_not(None))
    .order_by(timer.c.at)
)


def waiting(tx: Transaction, case_id: int) -> list[tuple[str, datetime]]:
    """``(kind, at)`` of a case's waiting timers, soonest first."""
    return [(row[0], row[1]) for row in tx.rows(_WAITING, {"case_id": case_id})]


_POSTPONE = (
    update(timer)
    .where(timer.c.id == bindparam("the_id"))
    .values(at=bindparam("moved_at"), due_at=bindparam("moved_due"), fence=timer.c.fence + 1)
)


def postpone(tx: Transaction, kinds: Sequence[str], later: Callable[[datetime], datetime]) -> int:
    """Move the waiting timers of these kinds, and take them from whoever holds them; returns how many."""
    waiting = tx.rows(
        select(timer.c.id, timer.c.at).where(timer.c.due_at.is_not(None), timer.c.kind.in_(kinds))
    )
    for timer_id, at in waiting:
        moved = later(at)
        tx.run(_POSTPONE, {"the_id": timer_id, "moved_at": moved, "moved_due": tx.due(moved)})
    return len(waiting)


def count_due(tx: Transaction, now: datetime) -> int:
    """How many timers are due and not done."""
    return int(tx.row(select(func.count()).select_from(timer).where(timer.c.due_at <= tx.due(now)))[0])
