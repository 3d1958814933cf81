"""Broadcasts: one message to the customers of many cases, and what became of it on each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    func,
    select,
    update,
)

from store.engine.columns import Id, Moment, metadata, new_id
from store.engine.transaction import Transaction

broadcast = Table(
    "broadcast",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),  # in whose name
    Column("text", Text, nullable=False),
    Column("planned_at", Moment, nullable=False),
    Column("sent_at", Moment),  # when it was confirmed; NULL: it was only looked at
    Column("done_at", Moment),  # when the last case was told
)
broadcast_case = Table(
    "broadcast_case",
    metadata,
    Column("broadcast_id", ForeignKey("broadcast.id"), primary_key=True),
    Column("case_id", ForeignKey("support_case.id"), primary_key=True),
    Column("outcome", String(10), nullable=False),
    Column("why", String(300), nullable=False),
    Column("people", Integer, nullable=False),
    CheckConstraint("outcome IN ('waiting','told','failed')", name="outcome"),
)


@dataclass(frozen=True, slots=True)
class PlannedBroadcast:
    """A broadcast: whose, what it says, and how far it is."""

    id: int
    person_id: int
    text: str
    planned_at: datetime
    sent_at: datetime | None
    done_at: datetime | None


class BroadcastCase(NamedTuple):
    """A case of a broadcast: what became of it there, why, and how many people have it."""

    case_id: int
    outcome: str
    why: str
    people: int


def plan(tx: Transaction, person_id: int, text: str, numbers: Iterable[int], *, now: datetime) -> int:
    """Write what would be told on which cases; nothing is sent. Returns its id."""
    fresh = new_id()
    row = {"person_id": person_id, "text": text, "planned_at": now, "sent_at": None, "done_at": None}
    tx.add(broadcast, id=fresh, **row)
    for number in numbers:
        tx.add(broadcast_case, broadcast_id=fresh, case_id=number, outcome="waiting", why="", people=0)
    return fresh


_COLUMNS = ("id", "person_id", "text", "planned_at", "sent_at", "done_at")
_ONE = select(*(broadcast.c[name] for name in _COLUMNS)).where(broadcast.c.id == bindparam("id"))
_LATEST = (
    select(*(broadcast.c[name] for name in _COLUMNS))
    .where(broadcast.c.sent_at.is_not(None), broadcast.c.id < bindparam("before"))
    .order_by(broadcast.c.id.desc())
    .limit(bindparam("most"))
)


def get(tx: Transaction, number: int) -> PlannedBroadcast | None:
    """A broadcast by its id, or None."""
    row = tx.row(_ONE, {"id": number}) if 0 < number < 1 << 63 else None
    return PlannedBroadcast(*row) if row else None


def latest(tx: Transaction, most: int, *, before: int | None = None) -> list[PlannedBroadcast]:
    """Those that were sent, newest first; before the one of this id."""
    values = {"most": most, "before": (1 << 63) - 1 if before is None else before}
    return [PlannedBroadcast(*row) for row in tx.rows(_LATEST, values)]


_PLANNED = (
    select(*(broadcast.c[name] for name in _COLUMNS))
    .where(broadcast.c.person_id == bindparam("person_id"), broadcast.c.sent_at.is_(None))
    .order_by(broadcast.c.id.desc())
    .limit(1)
)


def planned_by(tx: Transaction, person_id: int) -> PlannedBroadcast | None:
    """The newest that a person has planned and not sent."""
    row = tx.row(_PLANNED, {"person_id": person_id})
    return PlannedBroadcast(*row) if row else None


_SEND = (
    update(broadcast)
    .where(broadcast.c.id == bindparam("the_id"), broadcast.c.sent_at.is_(None))
    .values(sent_at=bindparam("now"))
)


def send(tx: Transaction, number: int, *, now: datetime) -> bool:
    """Note that it was confirmed; False if it was before."""
    return tx.run(_SEND, {"the_id": number, "now": now}) == 1


_CASES = (
    select(broadcast_case.c.case_id, broadcast_case.c.outcome, broadcast_case.c.why, broadcast_case.c.people)
    .where(broadcast_case.c.broadcast_id == bindparam("id"))
    .order_by(broadcast_case.c.case_id)
)


def cases(tx: Transaction, number: int) -> list[BroadcastCase]:
    """Its cases, by number."""
    return [BroadcastCase(*row) for row in tx.rows(_CASES, {"id": number})]


_SETTLE = (
    update(broadcast_case)
    .where(broadcast_case.c.broadcast_id == bindparam("the_id"), broadcast_case.c.case_id == bindparam("the_case"))
    .where(broadcast_case.c.outcome == "waiting")
    .values(outcome=bindparam("the_outcome"), why=bindparam("the_why"), people=bindparam("the_people"))
)  # fmt: skip


def settle(
    tx: Transaction, number: int, case_id: int, outcome: str, *, why: str = "", people: int = 0
) -> bool:
    """Note what became of it on a case; False if that is known already."""
    values = {"the_outcome": outcome, "the_why": why[:300], "the_people": people}
    return tx.run(_SETTLE, {"the_id": number, "the_case": case_id, **values}) == 1


_LOCK = select(broadcast.c.id).where(broadcast.c.id == bindparam("id")).with_for_update()
_LEFT = (
    select(func.count())
    .select_from(broadcast_case)
    .where(broadcast_case.c.broadcast_id == bindparam("id"), broadcast_case.c.outcome == "waiting")
)
_DONE = (
    update(broadcast)
    .where(broadcast.c.id == bindparam("the_id"), broadcast.c.done_at.is_(None))
    .values(done_at=bindparam("now"))
)


def finished(tx: Transaction, number: int, *, now: datetime) -> bool:
    """Is it told on every case, and was that not so before?

    Two processes that ask at once wait for each other.
    """
    tx.rows(_LOCK, {"id": number})
    if tx.value(_LEFT, {"id": number}):
        return False
    return tx.run(_DONE, {"the_id": number, "now": now}) == 1
