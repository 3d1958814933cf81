"""Surveys: who was asked how it went, and what they said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    func,
    select,
    update,
)

from store.engine.columns import Id, Moment, metadata, new_id
from store.engine.transaction import Transaction
from store.people.person import person

survey = Table(
    "survey",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("support_case.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("invited_at", Moment, nullable=False),
    Column("rating", Integer),  # 1 (bad) to 5 (very good); NULL: no answer yet
    Column("comment", Text, nullable=False, default=""),
    Column("answered_at", Moment),
    CheckConstraint("rating BETWEEN 1 AND 5", name="rating"),
)
Index("ix_survey_person_invited", survey.c.person_id, survey.c.invited_at)


@dataclass(frozen=True, slots=True)
class Survey:
    """One survey invitation, and its answer if there is one."""

    id: int
    case_id: int
    person_id: int
    invited_at: datetime
    rating: int | None
    comment: str
    answered_at: datetime | None


_COLUMNS = [survey.c[name] for name in Survey.__slots__]
_GET = select(*_COLUMNS).where(survey.c.id == bindparam("id"))
_LAST = select(func.max(survey.c.invited_at)).where(survey.c.person_id == bindparam("person_id"))
_LOCK = select(person.c.id).where(person.c.id == bindparam("person_id")).with_for_update()
_ANSWER = (
    update(survey)
    .where(survey.c.id == bindparam("the_id"))
    .values(rating=bindparam("rating"), comment=bindparam("comment"), answered_at=bindparam("answered_at"))
)


def invite(tx: Transaction, case_id: int, person_id: int, *, now: datetime) -> int:
    """Record an invitation; returns its id."""
    fresh = new_id()
    tx.add(
        survey, id=fresh, case_id=case_id, person_id=person_id, invited_at=now, rating=None, comment="",
        answered_at=None,
    )  # fmt: skip
    return fresh


def last_invited(tx: Transaction, person_id: int) -> datetime | None:
    """When a person was last invited, about any case.

    Locks the person, so that until the transaction ends nobody else can invite them.
    """
    tx.rows(_LOCK, {"person_id": person_id})
    invited: datetime | None = tx.value(_LAST, {"person_id": person_id})
    return invited


def get(tx: Transaction, survey_id: int) -> Survey | None:
    """An invitation by its id."""
    row = tx.row(_GET, {"id": survey_id})
    return Survey(*row) if row else None


def answer(tx: Transaction, survey_id: int, *, rating: int, comment: str, now: datetime) -> None:
    """Write the answer; a later one of the same person replaces it."""
    values = {"the_id": survey_id, "rating": rating, "comment": comment, "answered_at": now}
    tx.run(_ANSWER, values)
