"""Case merges: one case read as a part of another, with what is needed to undo it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Table, Text, bindparam, delete, select, update

from store.cases.case import case
from store.cases.entry import unfollow
from store.cases.participant import participant
from store.engine.columns import Id, Moment, metadata, new_id
from store.engine.transaction import Transaction

merger = Table(
    "merger",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("support_case.id"), nullable=False, index=True),
    Column("into_id", ForeignKey("support_case.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),  # who did it
    Column("at", Moment, nullable=False),
    Column("before", Text, nullable=False),  # JSON: how it was
    Column("undone_at", Moment),
)


@dataclass(frozen=True, slots=True)
class Merger:
    """The merging of one case into another, until it is undone."""

    id: int
    case_id: int
    into_id: int
    before: dict[str, Any]
    """Whatever ``begin`` was given."""


_ACTIVE = select(merger.c.id, merger.c.case_id, merger.c.into_id, merger.c.before).where(
    merger.c.case_id == bindparam("case_id"), merger.c.undone_at.is_(None)
)
_PARTS = select(merger.c.case_id).where(
    merger.c.into_id.in_(bindparam("cases", expanding=True)), merger.c.undone_at.is_(None)
)
_LEAD = (
    update(case)
    .where(case.c.id.in_(bindparam("cases", expanding=True)))
    .values(merged_id=bindparam("into"), version=case.c.version + 1)
)
_UNDO = update(merger).where(merger.c.id == bindparam("the_id")).values(undone_at=bindparam("now"))


def begin(tx: Transaction, number: int, into: int, *, by: int, before: dict[str, Any], now: datetime) -> None:
    """Merge a case, and all that was merged into it, into the case ``into``.

    The case's own ``merged_id`` is for the caller to write; ``before`` (JSON only) is kept so that it can be
    undone.
    """
    tx.add(
        merger, id=new_id(), case_id=number, into_id=into, person_id=by, at=now,
        before=json.dumps(before, ensure_ascii=False, default=str), undone_at=None,
    )  # fmt: skip
    _lead(tx, _within(tx, number), into)
    unfollow(tx)


def active(tx: Transaction, number: int) -> Merger | None:
    """The merger that a case is in, or None."""
    row = tx.row(_ACTIVE, {"case_id": number})
    return Merger(row[0], row[1], row[2], json.loads(row[3])) if row else None


def rewrite(tx: Transaction, merger_id: int, before: dict[str, Any]) -> None:
    """Keep another state in which a case was merged: what had led to that one was taken back."""
    stored = json.dumps(before, ensure_ascii=False, default=str)
    tx.run(update(merger).where(merger.c.id == merger_id).values(before=stored))


def undo(tx: Transaction, merger: Merger, *, now: datetime) -> None:
    """Undo a merger; the case's own ``merged_id`` is for the caller to write."""
    tx.run(_UNDO, {"the_id": merger.id, "now": now})
    _lead(tx, _within(tx, merger.case_id), merger.case_id)
    unfollow(tx)


def _within(tx: Transaction, number: int) -> list[int]:
    """The numbers of all cases that were merged into a case, directly or not."""
    parts: list[int] = []
    cases: Sequence[int] = [number]
    while cases:
        cases = [row[0] for row in tx.rows(_PARTS, {"cases": list(cases)})]
        parts += cases
    return parts


def _lead(tx: Transaction, numbers: list[int], into: int) -> None:
    if numbers:
        tx.run(_LEAD, {"cases": numbers, "into": into})


# who joins through it

_JOINED = (participant.c.case_id == bindparam("the_case"), participant.c.person_id == bindparam("the_person"))
_JOIN = (
    update(participant)
    .where(*_JOINED)
    .values(role="collaborator", since=bindparam("now"), via_id=bindparam("via"))
)
_SAME = ("channel", "address", "place")
_PART = select(participant.c.role, participant.c.since, *[participant.c[name] for name in _SAME]).where(
    participant.c.case_id == bindparam("case_id"), participant.c.person_id == bindparam("person_id")
)
_LEAVE = delete(participant).where(
    participant.c.case_id == bindparam("the_case"), participant.c.via_id == bindparam("via")
)
_AS_BEFORE = (
    update(participant)
    .where(*_JOINED, participant.c.via_id == bindparam("via"))
    .values(role=bindparam("as_before"), since=bindparam("then"), via_id=None)
)


def join(
    tx: Transaction, number: int, person_id: int, *, via: int, place: str, now: datetime
) -> tuple[str, str]:
    """Add a participant of ``via`` to the case it was merged into, with the same address.

    Returns their earlier role in it and since when, to be able to undo it: ``("", "")`` if they had none.
    """
    had = tx.row(_PART, {"case_id": number, "person_id": person_id})
    if had is not None:
        values = {"the_case": number, "the_person": person_id, "now": now, "via": via}
        tx.run(_JOIN, values)
        return had[0], had[1].isoformat()
    there = tx.row(_PART, {"case_id": via, "person_id": person_id})
    same = dict(zip(_SAME, there[2:] if there else ("", "", ""), strict=True))
    same["place"] = place or same["place"]
    tx.add(
        participant,
        case_id=number,
        person_id=person_id,
        role="collaborator",
        since=now,
        via_id=via,
        **same,
    )
    return "", ""


def leave(tx: Transaction, number: int, joined: Iterable[Sequence[Any]], *, via: int) -> None:
    """Restore the earlier role of those who joined through ``via``, or remove them.

    ``joined``: person, role before, since.

    Not in ``joined`` are those who spoke in a shared thread of ``via`` since then: that admitted them here,
    too; they leave.
    """
    for person_id, role, since in joined:
        if role:
            then = datetime.fromisoformat(since)
            values = {"the_case": number, "the_person": person_id, "via": via}
            tx.run(_AS_BEFORE, {**values, "as_before": role, "then": then})
    tx.run(_LEAVE, {"the_case": number, "via": via})
