"""Person merges: two persons who turn out to be one."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, ForeignKey, Table, bindparam, delete, select, update

from store.cases.participant import participant
from store.engine.columns import Id, metadata
from store.engine.transaction import Transaction
from store.people.person import person

joined = Table(
    "joined_person",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),  # of whoever is gone: it stands in links
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
)


def merge(tx: Transaction, gone: int, into: int) -> None:
    """Merge the person ``gone`` into the person ``into`` and delete it; ``now`` finds the new id.

    Where both took part in a case, the stronger role stays, and the channel that either of them used.
    """
    _join(tx, gone, into)
    both = select(participant.c.case_id).where(participant.c.person_id == into)
    tx.run(delete(participant).where(participant.c.person_id == gone, participant.c.case_id.in_(both)))
    for column in _columns():
        table = column.table
        tx.run(update(table).where(column == gone).values({column: into}))
    tx.run(delete(person).where(person.c.id == gone))
    tx.add(joined, id=gone, person_id=into)


_JOINED = select(joined.c.person_id).where(joined.c.id == bindparam("id"))


def now(tx: Transaction, person_id: int) -> int:
    """The id of the person that this one was merged into, or its own."""
    other: int | None = tx.value(_JOINED, {"id": person_id})
    return other or person_id


_TOLD_AT = ("channel", "address", "place")
_PARTS = select(participant.c.case_id, participant.c.role, *[participant.c[name] for name in _TOLD_AT]).where(
    participant.c.person_id == bindparam("person_id")
)
_STRENGTH = ("requester", "collaborator", "removed", "proposed")
"""Whoever was removed by name stays so, rather than be proposed anew."""


def _join(tx: Transaction, gone: int, into: int) -> None:
    their_parts, own_parts = (
        {row.case_id: row for row in tx.rows(_PARTS, {"person_id": who})} for who in (gone, into)
    )
    for number in their_parts.keys() & own_parts.keys():
        part, other = own_parts[number], their_parts[number]
        role = min(part.role, other.role, key=_STRENGTH.index)
        used = part if part.channel else other
        here = (participant.c.case_id == number, participant.c.person_id == into)
        values = {"role": role, **{name: getattr(used, name) for name in _TOLD_AT}}
        tx.run(update(participant).where(*here).values(values))


def _columns() -> Iterator[Column[int]]:
    """Every column that refers to a person."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is person.c.id:
                yield key.parent
