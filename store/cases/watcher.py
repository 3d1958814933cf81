"""Watchers: staff who follow a case that is not theirs, and staff who want to hear no more of one."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Table, bindparam, select, update

from store.cases.case import whole
from store.engine.columns import metadata
from store.engine.transaction import Transaction

watcher = Table(
    "watcher",
    metadata,
    Column("case_id", ForeignKey("support_case.id"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("watching", Boolean, nullable=False),
    Column("muted", Boolean, nullable=False),
)

_COLUMNS = select(watcher.c.case_id, watcher.c.person_id, watcher.c.watching, watcher.c.muted)
_ALL = _COLUMNS.where(watcher.c.case_id.in_(whole())).order_by(watcher.c.person_id)
_OWN = _COLUMNS.where(
    watcher.c.case_id == bindparam("case_id"), watcher.c.person_id == bindparam("person_id")
)


def of(tx: Transaction, case_id: int) -> tuple[list[int], set[int]]:
    """The ids of who watches a case (or one merged into it), and of who has muted it."""
    rows = tx.rows(_ALL, {"case_id": case_id})
    muted = {row.person_id for row in rows if row.muted and row.case_id == case_id}
    return list(dict.fromkeys(row.person_id for row in rows if row.watching)), muted


def mark(
    tx: Transaction, case_id: int, person_id: int, *, watching: bool | None = None, muted: bool | None = None
) -> bool:
    """Set what is not None for one person; did that change anything?"""
    key = {"case_id": case_id, "person_id": person_id}
    row = tx.row(_OWN, key)
    before = (bool(row.watching), bool(row.muted)) if row else (False, False)
    after = (before[0] if watching is None else watching, before[1] if muted is None else muted)
    values = {"watching": after[0], "muted": after[1]}
    if after == before:
        return False
    if row is None:
        tx.add(watcher, **key, **values)
    else:
        here = (watcher.c.case_id == case_id, watcher.c.person_id == person_id)
        tx.run(update(watcher).where(*here).values(values))
    return True
