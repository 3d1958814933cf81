"""Merging: two persons who turn out to be one, with all that either of them said and was told."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, delete, select, update

from store.base import metadata
from store.participant import participant
from store.people import person
from store.transaction import Transaction


def merge(tx: Transaction, one: int, into: int) -> None:
    """Everything of person ``one`` is person ``into``'s from now on; ``one`` is gone."""
    both = select(participant.c.case_id).where(participant.c.person_id == into)
    tx.run(delete(participant).where(participant.c.person_id == one, participant.c.case_id.in_(both)))
    for column in _columns():
        table = column.table
        tx.run(update(table).where(column == one).values({column: into}))
    tx.run(delete(person).where(person.c.id == one))


def _columns() -> Iterator[Column[int]]:
    """Every column that names a person."""
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is person.c.id:
                yield key.parent
