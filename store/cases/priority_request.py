"""Requests for another priority: a customer wants one, and somebody of the desk decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Select,
    String,
    Table,
    Text,
    bindparam,
    func,
    select,
    update,
)

from store.cases.case import case, whole
from store.engine.columns import Id, Moment, metadata, new_id
from store.engine.transaction import Transaction

priority_request = Table(
    "priority_request",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("support_case.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("wanted", String(30), nullable=False),
    Column("why", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("decided_at", Moment),  # NULL: it waits
)
Index(
    "ix_priority_request_waiting",
    priority_request.c.case_id,
    sqlite_where=priority_request.c.decided_at.is_(None),
    postgresql_where=priority_request.c.decided_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class PriorityRequest:
    """A customer's request for another priority that waits for a decision."""

    id: int
    person_id: int
    wanted: str
    why: str


def ask(tx: Transaction, case_id: int, person_id: int, *, wanted: str, why: str, now: datetime) -> None:
    """Write a request; it replaces an undecided one of the same person on the case."""
    tx.run(_OVERTAKE, {"case_id": case_id, "the_person": person_id, "now": now})
    row = {"case_id": case_id, "person_id": person_id, "wanted": wanted, "why": why, "at": now}
    tx.add(priority_request, id=new_id(), decided_at=None, **row)


_DECIDE = (
    update(priority_request)
    .where(priority_request.c.case_id.in_(whole()), priority_request.c.decided_at.is_(None))
    .values(decided_at=bindparam("now"))
)
_OVERTAKE = _DECIDE.where(priority_request.c.person_id == bindparam("the_person"))
_ONE = (
    update(priority_request)
    .where(priority_request.c.id == bindparam("the_id"))
    .values(decided_at=bindparam("now"))
)
_OPEN = (
    select(
        priority_request.c.id,
        priority_request.c.person_id,
        priority_request.c.wanted,
        priority_request.c.why,
    )
    .where(priority_request.c.case_id.in_(whole()), priority_request.c.decided_at.is_(None))
    .order_by(priority_request.c.at.desc(), priority_request.c.id.desc())
    .limit(1)
)


def waiting(tx: Transaction, case_id: int) -> PriorityRequest | None:
    """The undecided request on a case or on one merged into it."""
    row = tx.row(_OPEN, {"case_id": case_id})
    return PriorityRequest(*row) if row else None


def cases_undecided() -> Select[tuple[int]]:
    """A subselect: cases with a request of which nobody has decided, there or on a merged case."""
    on = case.alias("wishing")  # whatever statement it stands in may name the cases itself
    return (
        select(func.coalesce(on.c.merged_id, on.c.id))
        .join_from(priority_request, on, priority_request.c.case_id == on.c.id)
        .where(priority_request.c.decided_at.is_(None))
    )


def decide(tx: Transaction, case_id: int, *, now: datetime) -> None:
    """Mark all requests on the case as decided; its history has the decision."""
    tx.run(_DECIDE, {"case_id": case_id, "now": now})


def decline(tx: Transaction, number: int, *, now: datetime) -> None:
    """Mark one request as decided; other people's on the case still wait."""
    tx.run(_ONE, {"the_id": number, "now": now})
