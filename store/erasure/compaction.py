"""Compaction: bytes that were deleted are gone from the database's own files, too."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from store.engine.columns import metadata
from store.engine.database import Database, sqlite_path

PATIENCE = 60.0
"""Seconds in which readers of an older state must have come to an end."""


class NotCompacted(Exception):
    """Others read or write all the time: the rows are gone, and the file still has old bytes."""


LARGE = 256_000_000
"""Bytes of a file that is rewritten in a few seconds; while a larger one is, others wait too long to write."""


def is_large(database: Database) -> bool:
    """Does it take long to rewrite it?"""
    path = sqlite_path(database.url)
    return path is not None and path.is_file() and path.stat().st_size > LARGE


def compact(database: Database, *, rewrite: bool) -> None:
    """Leave no old bytes in what holds deleted rows. Raises ``NotCompacted``; asked again, it begins anew.

    SQLite: the log emptied, and the file rewritten if that is wanted: what was deleted by an older version, or moved
    between two pages, may stand in it still. PostgreSQL: VACUUM of every table; what its own log and archives keep is
    theirs.
    """
    if database.sqlite:
        _sqlite(database, rewrite=rewrite)
    else:
        _postgres(database)


def _sqlite(database: Database, *, rewrite: bool) -> None:
    path = sqlite_path(database.url)
    if path is None:
        return
    end = time.monotonic() + PATIENCE
    with (
        closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as connection,
        _busy_in_words(),
    ):
        if rewrite:
            connection.execute("VACUUM")
        while not _emptied(connection):
            if time.monotonic() > end:
                raise NotCompacted
            time.sleep(0.2)


def _emptied(connection: sqlite3.Connection) -> bool:
    """Move the log into the file and cut it to nothing; False while somebody reads an older state."""
    busy, frames, moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy and frames in (0, -1) and moved in (0, -1)


@contextmanager
def _busy_in_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise NotCompacted from None
        raise


def _postgres(database: Database) -> None:
    engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f'VACUUM "{table.name}"')
