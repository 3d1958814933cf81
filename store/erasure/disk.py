"""The disk after an erasure: files that nothing names are deleted, and freed bytes are overwritten."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import datetime, timedelta
from math import inf

from sqlalchemy import select

from store.cases import attachment as attachments
from store.engine.columns import metadata
from store.engine.database import Database, sqlite_path
from store.engine.transaction import Transaction
from store.files.place import FileStorage
from store.queues import erasure_task
from store.queues.erasure_task import ErasureTask
from store.queues.inbox import inbox

IN_USE = timedelta(hours=1)
"""How long a file that somebody has stored again may wait for the row that names it."""
_GRACE = timedelta(minutes=1)
"""Between the moment that a file is stored and that of its row."""
_MERGE = 500
"""Pages of the search index that are merged in one transaction."""
_READERS = 1000
"""Milliseconds for which a checkpoint waits for readers at a time: nobody else writes meanwhile."""
LARGE = 256_000_000
"""Bytes of a file that is rewritten in a few seconds; while a larger one is, others wait too long to write."""


class BytesLeft(Exception):
    """Others read or write all the time: the rows are gone, and the file still has old bytes."""


def delete_files(
    tx: Transaction, files: FileStorage, *, after: int, now: datetime, alone: bool = False
) -> int:
    """Delete the next files that nothing names any more; returns after which task to go on, 0 at the end.

    One that was stored again since then stays for an hour, and for good if a row names it. ``alone``: nobody else
    has the store open, so that none can be about to be named.
    """
    tasks = erasure_task.files(tx, after=after)
    ready = [task for task in tasks if is_named(tx, task.sha256) or _deleted(files, task, now, alone=alone)]
    erasure_task.done(tx, [task.id for task in ready])
    return tasks[-1].id if tasks else 0


def is_named(tx: Transaction, digest: str) -> bool:
    """Does an attachment or a kept message name a file?"""
    raw = tx.row(select(inbox.c.id).where(inbox.c.file == digest).limit(1))
    return raw is not None or attachments.is_attached(tx, digest)


def _deleted(files: FileStorage, task: ErasureTask, now: datetime, *, alone: bool) -> bool:
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


def is_large(database: Database) -> bool:
    """Does it take long to write its file anew?"""
    path = sqlite_path(database.url)
    return path is not None and path.is_file() and path.stat().st_size > LARGE


def overwrite(database: Database, *, rewrite: bool, patience: float) -> None:
    """Leave no old bytes in what holds deleted rows. Raises ``BytesLeft``; asked again, it begins anew.

    SQLite: the log emptied, and the file written anew (``rewrite``), since what an older version deleted, or what was
    moved between two pages, may stand in it still. PostgreSQL: every table vacuumed; its own log and archives are its
    own. ``patience``: seconds for which others' reading and writing is waited for.
    """
    if not database.sqlite:
        _vacuum_tables(database)
    elif (path := sqlite_path(database.url)) is not None:
        with closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as connection:
            _overwrite_sqlite(connection, rewrite=rewrite, patience=patience)


def _overwrite_sqlite(connection: sqlite3.Connection, *, rewrite: bool, patience: float) -> None:
    end = time.monotonic() + patience
    try:
        if rewrite:
            connection.execute("VACUUM")
        connection.execute(f"PRAGMA busy_timeout={_READERS}")
        while not _emptied(connection):
            if time.monotonic() >= end:
                raise BytesLeft
            time.sleep(0.2)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BytesLeft from None
        raise


def _emptied(connection: sqlite3.Connection) -> bool:
    """Move the log into the file and cut it to nothing; False while somebody reads an older state."""
    busy, frames, moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy and frames in (0, -1) and moved in (0, -1)


def _vacuum_tables(database: Database) -> None:
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f'VACUUM "{table.name}"')
