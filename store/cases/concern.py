"""Concerns: what a customer has raised, who was told of it, and who has taken it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
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

concern = Table(
    "concern",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("support_case.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("phone", String(60), nullable=False),
    Column("category", String(50), nullable=False),
    Column("raised_at", Moment, nullable=False),  # of one that joined another, when that was
    Column("told", Text, nullable=False),  # JSON: the ids of all who were told, in order
    Column("level", Integer, nullable=False),  # how often it went further up
    Column("taken_at", Moment),
    Column("taken_by", ForeignKey("person.id")),
)
Index(
    "ix_concern_untaken",
    concern.c.case_id,
    sqlite_where=concern.c.taken_at.is_(None),
    postgresql_where=concern.c.taken_at.is_(None),
)


@dataclass(frozen=True, slots=True)
class RaisedConcern:
    """One concern that a customer raised."""

    id: int
    case_id: int
    person_id: int
    phone: str
    category: str
    raised_at: datetime
    """Since when those who were told know of it: that of one that joined another is the other's."""
    told: tuple[int, ...]
    """Ids of the people who were told, in order."""
    level: int
    taken_at: datetime | None
    taken_by: int | None


def add(
    tx: Transaction,
    case_id: int,
    person_id: int,
    *,
    phone: str,
    category: str,
    recipients: Sequence[int],
    now: datetime,
) -> None:
    """Write a concern that was raised now."""
    row = {"case_id": case_id, "person_id": person_id, "phone": phone[:60], "category": category[:50]}
    state = {
        "raised_at": now,
        "told": json.dumps(list(recipients)),
        "level": 0,
        "taken_at": None,
        "taken_by": None,
    }
    tx.add(concern, id=new_id(), **row, **state)


def join(
    tx: Transaction, earlier: RaisedConcern, *, case_id: int, person_id: int, phone: str, category: str
) -> None:
    """Write another person's concern that follows an earlier one: same people told, same taker."""
    row = {"case_id": case_id, "person_id": person_id, "phone": phone[:60], "category": category[:50]}
    taker = {"taken_at": earlier.taken_at, "taken_by": earlier.taken_by}
    way = {"raised_at": earlier.raised_at, "told": json.dumps(earlier.told), "level": earlier.level}
    tx.add(concern, id=new_id(), **row, **way, **taker)


_COLUMNS = [concern.c[name] for name in RaisedConcern.__slots__]
_NEWEST = (concern.c.raised_at.desc(), concern.c.id.desc())
_OF_WHOLE = select(*_COLUMNS).where(concern.c.case_id.in_(whole())).order_by(*_NEWEST)
_LATEST = _OF_WHOLE.limit(1)
_UNTAKEN = _OF_WHOLE.where(concern.c.taken_at.is_(None))
_UNTAKEN_ON = (
    select(*_COLUMNS)
    .where(concern.c.case_id == bindparam("case_id"), concern.c.taken_at.is_(None))
    .order_by(*_NEWEST)
)


def of(tx: Transaction, case_id: int) -> list[RaisedConcern]:
    """All concerns on a case and on those merged into it, the last first."""
    return [_concern(row) for row in tx.rows(_OF_WHOLE, {"case_id": case_id})]


def latest(tx: Transaction, case_id: int) -> RaisedConcern | None:
    """The last concern on a case or on one merged into it."""
    row = tx.row(_LATEST, {"case_id": case_id})
    return _concern(row) if row else None


def untaken(tx: Transaction, case_id: int) -> list[RaisedConcern]:
    """Concerns that nobody has taken, on a case and on those merged into it; the last first."""
    return [_concern(row) for row in tx.rows(_UNTAKEN, {"case_id": case_id})]


def untaken_on(tx: Transaction, case_id: int) -> list[RaisedConcern]:
    """Concerns that nobody has taken on this very case, the last first."""
    return [_concern(row) for row in tx.rows(_UNTAKEN_ON, {"case_id": case_id})]


_PHONE_OF = (
    select(concern.c.phone)
    .where(concern.c.person_id == bindparam("person_id"), concern.c.phone != "")
    .order_by(*_NEWEST)
    .limit(1)
)


def phone_of(tx: Transaction, person_id: int) -> str:
    """The number that somebody gave with their last concern that had one, on any case; or ``""``."""
    row = tx.row(_PHONE_OF, {"person_id": person_id})
    return str(row[0]) if row else ""


def _concern(row: Any) -> RaisedConcern:
    values = dict(zip(RaisedConcern.__slots__, row, strict=True))
    return RaisedConcern(**{**values, "told": tuple(json.loads(values["told"]))})


def cases_untaken() -> Select[tuple[int]]:
    """A subselect: cases with a concern that nobody has taken, there or on a merged case."""
    on = case.alias("on")  # whatever statement it stands in may name the cases itself
    return (
        select(func.coalesce(on.c.merged_id, on.c.id))
        .join_from(concern, on, concern.c.case_id == on.c.id)
        .where(concern.c.taken_at.is_(None))
    )


_TAKE = (
    update(concern)
    .where(concern.c.id == bindparam("the_id"), concern.c.taken_at.is_(None))
    .values(taken_at=bindparam("now"), taken_by=bindparam("by"))
)


def take(tx: Transaction, concern_id: int, by: int, *, now: datetime) -> bool:
    """Mark a concern as taken; False if somebody had taken it."""
    return tx.run(_TAKE, {"the_id": concern_id, "by": by, "now": now}) == 1


_PASS_ON = (
    update(concern)
    .where(concern.c.id == bindparam("the_id"))
    .values(told=bindparam("now_told"), level=bindparam("now_level"))
)


def pass_on(tx: Transaction, concern_id: int, *, recipients: Sequence[int], level: int) -> None:
    """Record that more people were told: all of them, and how often it was escalated."""
    tx.run(_PASS_ON, {"the_id": concern_id, "now_told": json.dumps(list(recipients)), "now_level": level})


_ADD_DETAILS = (
    update(concern)
    .where(concern.c.id == bindparam("the_id"))
    .values(phone=bindparam("now_phone"), category=bindparam("now_category"))
)


def add_details(tx: Transaction, concern_id: int, *, phone: str, category: str) -> None:
    """Add details that the customer gave later."""
    values = {"the_id": concern_id, "now_phone": phone[:60], "now_category": category[:50]}
    tx.run(_ADD_DETAILS, values)
