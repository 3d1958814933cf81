"""Erasure tasks: what is left to do on the disk once words and files were taken out of the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Column, String, Table, bindparam, delete, select

from store.engine.columns import Id, Moment, metadata, new_id
from store.engine.transaction import Transaction

BYTES = ""
"""The ``sha256`` of the task that overwrites what the database has freed."""

erasure_task = Table(
    "erasure_task",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("sha256", String(64), nullable=False),  # a file that nothing may name any more; "": freed bytes
    Column("stored_at", Moment, nullable=False),  # when the file was; who touched it since may need it
)


class ErasureTask(NamedTuple):
    """One thing that is left to do."""

    id: int
    sha256: str
    stored_at: datetime


def add(tx: Transaction, files: Iterable[tuple[str, datetime]], *, now: datetime) -> None:
    """Have files (hash, when stored) deleted if nothing names them, and freed bytes overwritten."""
    for digest, stored_at in sorted(set(files)):
        tx.add(erasure_task, id=new_id(), sha256=digest, stored_at=stored_at)
    tx.add(erasure_task, id=new_id(), sha256=BYTES, stored_at=now)


_NEXT = select(*[erasure_task.c[name] for name in ErasureTask._fields]).order_by(erasure_task.c.id)
_DONE = delete(erasure_task).where(erasure_task.c.id == bindparam("the_id"))


def waiting(tx: Transaction, most: int = 100) -> list[ErasureTask]:
    """What is left to do, oldest first."""
    return [ErasureTask(*row) for row in tx.rows(_NEXT.limit(most))]


_FILES = _NEXT.where(erasure_task.c.sha256 != BYTES, erasure_task.c.id > bindparam("after"))


def files(tx: Transaction, *, after: int, most: int = 100) -> list[ErasureTask]:
    """The next files that are to be deleted."""
    return [ErasureTask(*row) for row in tx.rows(_FILES.limit(most), {"after": after})]


_FREED = select(erasure_task.c.id).where(erasure_task.c.sha256 == BYTES)


def freed(tx: Transaction) -> list[int]:
    """The ids of all tasks to overwrite what was freed: one overwriting does them all."""
    return [row[0] for row in tx.rows(_FREED)]


def done(tx: Transaction, ids: Sequence[int]) -> None:
    """Take these off the list."""
    for task_id in ids:
        tx.run(_DONE, {"the_id": task_id})
