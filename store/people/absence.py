"""Absences: who of the staff is away, and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Table, bindparam, delete, or_, select

from store.engine.columns import Moment, metadata
from store.engine.transaction import Transaction

absence = Table(
    "absence",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("until", Moment),  # NULL: until they say that they are back
)


def leave(tx: Transaction, person_id: int, *, now: datetime, until: datetime | None) -> None:
    """Note that somebody is away from now on; it replaces what was noted before."""
    back(tx, person_id)
    tx.add(absence, person_id=person_id, since=now, until=until)


_BACK = delete(absence).where(absence.c.person_id == bindparam("the_person"))


def back(tx: Transaction, person_id: int) -> bool:
    """Note that somebody is back; False if they were not away."""
    return tx.run(_BACK, {"the_person": person_id}) > 0


_NOW = select(absence.c.person_id, absence.c.until).where(
    or_(absence.c.until.is_(None), absence.c.until > bindparam("now"))
)


def now(tx: Transaction, moment: datetime) -> Mapping[int, datetime | None]:
    """Who is away at that moment, and until when (None: until they say so)."""
    return {row[0]: row[1] for row in tx.rows(_NOW, {"now": moment})}
