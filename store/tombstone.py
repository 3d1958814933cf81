"""Tombstones: who was erased, by ids and keyed hashes alone, so that a restore can erase them again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, Text, bindparam, select, update

from store.engine.columns import Id, Moment, metadata
from store.engine.transaction import Transaction

erasure = Table(
    "erasure",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("begun_at", Moment, nullable=False),
    Column("persons", Text, nullable=False),  # JSON: the ids of the person, and of those merged into it
    Column("marks", Text, nullable=False),  # JSON: a keyed hash of each address
    Column("done_at", Moment),  # NULL: it was begun, and goes on when it is asked for again
)


FILE = "casebot.erased"
"""The file beside the store that has them, too: no restore overwrites it."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """One person who was erased: nothing in it says who that was."""

    id: int
    begun_at: datetime
    persons: tuple[int, ...]
    marks: tuple[str, ...]
    done_at: datetime | None = None


def add(tx: Transaction, stone: Tombstone) -> None:
    """Write a tombstone; one that is there already stays."""
    if tx.value(select(erasure.c.id).where(erasure.c.id == stone.id)) is None:
        tx.add(
            erasure, id=stone.id, begun_at=stone.begun_at, persons=json.dumps(stone.persons),
            marks=json.dumps(stone.marks), done_at=stone.done_at,
        )  # fmt: skip


_ALL = select(*[erasure.c[name] for name in Tombstone.__slots__]).order_by(erasure.c.id)


def every(tx: Transaction) -> list[Tombstone]:
    """All tombstones, oldest first."""
    return [_stone(row) for row in tx.rows(_ALL)]


def get(tx: Transaction, stone_id: int) -> Tombstone | None:
    """A tombstone by its id."""
    row = tx.row(_ALL.where(erasure.c.id == stone_id))
    return _stone(row) if row else None


def unfinished(tx: Transaction, marks: Iterable[str]) -> Tombstone | None:
    """The erasure of one of these addresses that was begun and has not ended."""
    wanted = set(marks)
    rows = (_stone(row) for row in tx.rows(_ALL.where(erasure.c.done_at.is_(None))))
    return next((stone for stone in rows if wanted & set(stone.marks)), None)


_DONE = (
    update(erasure)
    .where(erasure.c.id == bindparam("the_id"))
    .values(done_at=bindparam("now"))
)  # fmt: skip


def finish(tx: Transaction, stone_id: int, *, now: datetime) -> None:
    """Note that nothing is left to do."""
    tx.run(_DONE, {"the_id": stone_id, "now": now})


def _stone(row: Any) -> Tombstone:
    return Tombstone(
        row.id, row.begun_at, tuple(json.loads(row.persons)), tuple(json.loads(row.marks)),
        row.done_at,
    )  # fmt: skip
