"""Requests for another priority: a customer wants one, and somebody of the desk decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table, Text, bindparam, select, update

from store.cases.case import whole
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


@dataclass(frozen=True, slots=True)
class PriorityRequest:
    """One request that waits for a decision."""

    id: int
    person_id: int
    wanted: str
    why: str


def ask(tx: Transaction, case_id: int, person_id: int, *, wanted: str, why: str, now: datetime) -> None:
    """Keep a request; one of the same person's that still waited on the case is overtaken by it."""
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
    """The request that waits on a case, or on one that was merged into it."""
    found = tx.row(_OPEN, {"case_id": case_id})
    return PriorityRequest(*found) if found else None


def decide(tx: Transaction, case_id: int, *, now: datetime) -> None:
    """Nothing waits on the case any more; what was decided is in its history."""
    tx.run(_DECIDE, {"case_id": case_id, "now": now})


def decline(tx: Transaction, number: int, *, now: datetime) -> None:
    """One request is decided; what others asked for on the case waits still."""
    tx.run(_ONE, {"the_id": number, "now": now})
