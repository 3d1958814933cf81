"""The disk after an erasure: files that nothing names are deleted, and freed bytes are overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import inf
from typing import Any

from sqlalchemy import select

from store.cases import entry
from store.engine.database import Database, sqlite_path
from store.engine.transaction import Transaction
from store.files.blobs import FileStore
from store.queues import erasure_task
from store.queues.erasure_task import BYTES, ErasureTask
from store.queues.inbox import inbox

IN_USE = timedelta(hours=1)
"""How long a file that somebody has stored again may wait for the row that names it."""
_GRACE = timedelta(minutes=1)
"""Between the moment that a file is stored and that of its row."""
_MERGE = 500
"""Pages of the search index that are merged in one transaction."""
TABLES = (
    "entry", "entry_text", "attachment", "inbox", "outgoing", "draft", "event", "support_case", "receipt", "door",
    "merger", "dispatch", "survey", "concern", "priority_request", "broadcast", "broadcast_case", "person", "identity",
)  # fmt: skip
"""Those that words are taken out of; PostgreSQL keeps the rows of before until they are vacuumed."""


def delete_files(
    tx: Transaction, files: FileStore, *, now: datetime, most: int = 100, alone: bool = False
) -> int:
    """Delete the files on the list that nothing names any more; returns how many tasks are done.

    One that was stored again since then stays for an hour, and for good if a row names it. ``alone``: nobody else
    has the store open, so that none can be about to be named.
    """
    tasks = [task for task in erasure_task.waiting(tx, most) if task.sha256 != BYTES]
    ready = [task for task in tasks if _named(tx, task.sha256) or _deleted(files, task, now, alone=alone)]
    erasure_task.done(tx, [task.id for task in ready])
    return len(ready)


def _named(tx: Transaction, digest: str) -> bool:
    raw = tx.row(select(inbox.c.id).where(inbox.c.file == digest).limit(1))
    return raw is not None or entry.is_attached(tx, digest)


def _deleted(files: FileStore, task: ErasureTask, now: datetime, *, alone: bool) -> bool:
    untouched = max(task.stored_at + _GRACE, now - IN_USE).timestamp()
    return files.remove(task.sha256, untouched_since=inf if alone else untouched)


def merge_search(tx: Transaction) -> bool:
    """Merge a little of SQLite's search index, which drops words of rows that are gone; is there more?"""
    if tx.connection.dialect.name != "sqlite":
        return False
    before = _changes(tx)
    tx.connection.exec_driver_sql("INSERT INTO entry_text(entry_text, rank) VALUES('merge', ?)", (-_MERGE,))
    return _changes(tx) - before >= 2  # SQLite's documentation of FTS5, "The 'merge' Command"


def _changes(tx: Transaction) -> int:
    return int(tx.connection.exec_driver_sql("SELECT total_changes()").scalar_one())


def overwrite(database: Database) -> bool:
    """Overwrite what was freed: on SQLite empty the write-ahead log, on PostgreSQL vacuum.

    False if somebody still reads the state of before, and it has to be done once more.
    """
    connection = database.engine.raw_connection()
    try:
        driver: Any = connection.driver_connection
        if database.sqlite:
            return _truncated(driver)
        driver.rollback()
        driver.autocommit = True
        try:
            driver.execute(f"VACUUM {', '.join(TABLES)}")
        finally:
            driver.autocommit = False
        return True
    finally:
        connection.close()


def _truncated(driver: Any) -> bool:
    """Move all of the write-ahead log into the database, and cut it to nothing."""
    busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def bytes_on_disk(database: Database) -> Iterable[str]:
    """The files that hold an SQLite database."""
    path = sqlite_path(database.url)
    return [] if path is None else [str(path), f"{path}-wal"]
