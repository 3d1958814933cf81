"""The database: connections set up for the promise, the same for SQLite and PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
import struct
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.pool import QueuePool

from store.engine.clock import DatabaseClock, instant
from store.engine.statement_cache import Plans
from store.engine.transaction import Transaction

BUSY_TIMEOUT = 5.0  # seconds that a writer waits for another process's transaction

STALLED = 5000
"""Milliseconds after which what a stopped process has locked is free again: until then others wait for it."""
PREPARED, AGAIN = 1000, 2
"""Statements that a connection to PostgreSQL keeps ready, all of ours in all their sizes; from which time on."""


class DatabaseFull(Exception):
    """The disk (or the database's own limit) is full: nothing was written, try again later."""


class Database:
    """Opens transactions. ``url`` is SQLAlchemy's; ``postgresql://`` means psycopg 3."""

    def __init__(self, url: str, *, busy_timeout: float = BUSY_TIMEOUT) -> None:
        self.url = url
        self.engine = _engine(url, busy_timeout)
        self._plans = Plans()
        self.sqlite = self.engine.dialect.name == "sqlite"
        self.clock = DatabaseClock(own=not self.sqlite)
        self.delivers = True
        """Are deliveries that are written here this process's own to make?"""

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A snapshot of one moment to read from; anything written in it is rolled back."""
        snapshot = {} if self.sqlite else {"isolation_level": "REPEATABLE READ"}  # SQLite knows no other
        with self.engine.connect().execution_options(**snapshot) as connection:
            yield self._transaction(connection)

    @contextmanager
    def writing(self, *, brief: bool = False) -> Iterator[Transaction]:
        """One write transaction: committed when the block ends, rolled back when it raises.

        ``brief``: it is never idle for ``STALLED``; if it is, its process was stopped, and PostgreSQL rolls it back.
        Raises ``DatabaseFull`` if there is no room, SQLAlchemy's errors otherwise.
        """
        try:
            with self._begun() as connection:
                if brief and not self.sqlite:
                    connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = {STALLED}")
                transaction = self._transaction(connection)
                yield transaction
                transaction.flush()
                transaction.say_announced()
        except OperationalError as error:
            if trouble(error) == "full":
                raise DatabaseFull from error
            raise

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    def _transaction(self, connection: Connection) -> Transaction:
        began = instant()
        ahead = self.clock.ahead(connection)
        return Transaction(connection, self._plans, began=began, ahead=ahead, delivers=self.delivers)

    def ahead(self) -> timedelta:
        """How far its clock is ahead of this machine's (negative: behind); zero for SQLite."""
        with self.engine.connect() as connection:
            return self.clock.measured(connection)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def sqlite_path(url: str) -> Path | None:
    """The file of an SQLite URL, or None for another database."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def _engine(url: str, busy_timeout: float) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url, busy_timeout)
    engine = create_engine(
        url, pool_size=8, max_overflow=8, pool_pre_ping=True, hide_parameters=True, use_native_hstore=False,
        pool_use_lifo=True,  # each connection has statements of its own: few of them have to learn all
    )  # fmt: skip
    event.listen(engine, "connect", _set_up_postgresql)
    return engine


def _sqlite(url: str, busy_timeout: float) -> Engine:
    if file := sqlite_path(url):
        _refuse_damaged_log(file)
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=16, max_overflow=16, connect_args={"timeout": busy_timeout},
        hide_parameters=True,  # an error in the log must not have anybody's words
        pool_use_lifo=True,  # each connection has a cache of its own: few of them are filled
    )  # fmt: skip
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


@cache  # Only before this process opens the file: closing the index again would release its locks.
def _refuse_damaged_log(file: Path) -> None:
    """Raise ``DatabaseError`` if the log of a database has commits that SQLite cannot read.

    SQLite would drop them and delete the log, so this looks before it is opened. Of two commits after the readable
    frames, the first was durable before the second began (sqlite.org/walformat.html, sections 2 and 4).
    """
    try:
        with Path(f"{file}-wal").open("rb") as log:
            size, head = os.fstat(log.fileno()).st_size, log.read(32)
            places = range(32, size - 23, 24 + int.from_bytes(head[8:12]))
            frames = [os.pread(log.fileno(), 24, place) for place in places]
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as reader:
            reader.execute("SELECT 1 FROM sqlite_master").fetchone()
            index = Path(f"{file}-shm").read_bytes()
    except (OSError, sqlite3.Error):
        return
    if len(head) < 32:
        return  # no header: SQLite begins such a log again
    low = high = 0
    for first, second in struct.iter_unpack(">II" if head[3:4] == b"\x83" else "<II", head[:24]):
        low = (low + first + high) % 2**32
        high = (high + second + low) % 2**32
    salts, readable = head[16:24], int.from_bytes(index[16:20], sys.byteorder)
    same = index[32:40] == salts and index[:48] == index[48:96]  # no process has begun another log meanwhile
    hidden = [frame for frame in frames[readable:] if same and frame[8:16] == salts and any(frame[4:8])]
    if len(hidden) > 1 or (frames and head[24:] != struct.pack(">II", low, high)):
        error = sqlite3.DatabaseError(f"{file}-wal is damaged")
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise DatabaseError(None, None, error)


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction control commits at each savepoint's release: it is switched off.
    connection.isolation_level = None
    # What is deleted is overwritten: else an erased word stands in a freed page until that is used again.
    # Pages of 8 kB, of which a mail changes fewer; copied out of the log every 32 MB, each of them once.
    for pragma in (
        "page_size=8192", "journal_mode=WAL", "wal_autocheckpoint=4000", "synchronous=FULL", "foreign_keys=ON",
        "secure_delete=ON",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}")


def _set_up_postgresql(connection: Any, _record: Any) -> None:
    connection.prepared_max, connection.prepare_threshold = PREPARED, AGAIN


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that reads, then writes fails at once when somebody wrote in between.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def broken(error: BaseException) -> bool:
    """Did the disk itself fail (not merely fill up or stay locked)?"""
    return isinstance(error, DBAPIError) and "disk I/O error" in str(error.orig)


def refused(error: BaseException) -> bool:
    """Is the database to blame (full, locked, away), rather than the data?"""
    damaged = type(error) is DatabaseError  # no database, or a broken one
    return damaged or isinstance(error, (DatabaseFull, OperationalError, InterfaceError))


def cut_off(error: BaseException) -> bool:
    """Is the connection to PostgreSQL gone, as of a process that was stopped?"""
    cause: Any = error.orig if isinstance(error, OperationalError) else None
    return cause is not None and getattr(cause, "sqlstate", "") in (None, "25P03")


_CROSSED = {"23505", "40001", "40P01"}
"""SQLSTATEs: a key was written meanwhile; two transactions could not follow each other, or waited for each other."""


def crossed(error: BaseException) -> bool:
    """Did another process write the same at the same moment? Done again, it finds what that one wrote."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _CROSSED


Trouble = Literal["busy", "barred", "damaged", "full", "away"]

_SQLITE: dict[int, Trouble] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_READONLY: "barred",
    sqlite3.SQLITE_CANTOPEN: "barred",
    sqlite3.SQLITE_PERM: "barred",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_FULL: "full",
}
_POSTGRES: dict[str, Trouble] = {"53100": "full", "55P03": "busy", "25006": "barred"}
"""By SQLSTATE (PostgreSQL's manual, appendix A)."""


def trouble(error: BaseException) -> Trouble:
    """The kind of a database error.

    ``busy``: another process writes; ``barred``: it must not be opened or written; ``away``: anything else.
    """
    if isinstance(error, DatabaseFull):
        return "full"
    cause: Any = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        unread: Trouble = "damaged" if "unsupported file format" in str(cause) else "away"
        return _SQLITE.get(code & 0xFF, unread)  # the lower byte of an extended code is its kind
    return _POSTGRES.get(getattr(cause, "sqlstate", None) or "", "away")
