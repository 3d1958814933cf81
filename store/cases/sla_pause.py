"""Pauses of a case's targets: the times in which it waited for its customer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Table, bindparam, delete, or_, select, update

from store.engine.columns import Id, Moment, metadata, new_id
from store.engine.transaction import Transaction

pause = Table(
    "pause",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("support_case.id"), nullable=False, index=True),
    Column("began_at", Moment, nullable=False),
    Column("ended_at", Moment),  # NULL: the case waits still
)


def begin(tx: Transaction, case_id: int, now: datetime) -> None:
    """Begin a pause: the case waits for its customer from now on."""
    tx.add(pause, id=new_id(), case_id=case_id, began_at=now, ended_at=None)


_END = (
    update(pause)
    .where(pause.c.case_id == bindparam("the_case"), pause.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)


def end(tx: Transaction, case_id: int, now: datetime) -> None:
    """End the case's pause, if there is one."""
    tx.run(_END, {"the_case": case_id, "now": now})


_OPEN = select(pause.c.id).where(pause.c.case_id == bindparam("case_id"), pause.c.ended_at.is_(None))


def lasting(tx: Transaction, case_id: int) -> int | None:
    """The id of the case's current pause, or None."""
    pause_id: int | None = tx.value(_OPEN, {"case_id": case_id})
    return pause_id


_ALL = (
    select(pause.c.id, pause.c.began_at, pause.c.ended_at)
    .where(pause.c.case_id == bindparam("case_id"))
    .order_by(pause.c.began_at)
)


def all_of(tx: Transaction, case_id: int) -> list[tuple[int, datetime, datetime | None]]:
    """The case's pauses with their ids, oldest first."""
    return [(row[0], row[1], row[2]) for row in tx.rows(_ALL, {"case_id": case_id})]


_SET_END = update(pause).where(pause.c.id == bindparam("the_id")).values(ended_at=bindparam("end"))


def set_end(tx: Transaction, pause_id: int, end: datetime | None) -> None:
    """Set when a pause ended, or that it has not."""
    tx.run(_SET_END, {"the_id": pause_id, "end": end})


_FORGET = delete(pause).where(pause.c.id == bindparam("the_id"))


def forget(tx: Transaction, pause_id: int) -> None:
    """Remove a pause as if it had never been."""
    tx.run(_FORGET, {"the_id": pause_id})


_GO_ON = update(pause).where(pause.c.id == bindparam("the_id")).values(ended_at=None)


def go_on(tx: Transaction, pause_id: int) -> None:
    """Reopen a pause as if it had not ended."""
    tx.run(_GO_ON, {"the_id": pause_id})


_SINCE = (
    select(pause.c.began_at, pause.c.ended_at)
    .where(pause.c.case_id == bindparam("case_id"))
    .where(or_(pause.c.ended_at.is_(None), pause.c.ended_at > bindparam("since")))
    .order_by(pause.c.began_at)
)


def since(tx: Transaction, case_id: int, moment: datetime) -> list[tuple[datetime, datetime | None]]:
    """The case's pauses that ended after ``moment``, oldest first; the last may be open."""
    rows = tx.rows(_SINCE, {"case_id": case_id, "since": moment})
    return [(row[0], row[1]) for row in rows]
