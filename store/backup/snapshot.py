"""Snapshots: the store of one moment as files in a folder, taken while others write."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect

from store import schema
from store.backup.manifest import DATABASE, BackupError
from store.engine.columns import metadata
from store.engine.database import Database, sqlite_path

NAMED = "SELECT sha256 FROM attachment UNION SELECT file FROM inbox WHERE file IS NOT NULL ORDER BY 1"
"""The hashes of all files that the store names."""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
_OWN_COLUMNS = (
    "SELECT quote_ident(column_name) FROM information_schema.columns WHERE table_schema = current_schema()"
    " AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position"
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of the store."""

    store: str
    revision: str
    taken_at: datetime
    members: Mapping[str, Path]
    rows: Mapping[str, int]
    named: Path
    """A file with the hashes of the files that it names, one a line."""
    counters: Mapping[str, int]


def take(url: str, folder: Path) -> Snapshot:
    """Copy the store into files of this folder. Raises ``BackupError`` if there is none."""
    file = sqlite_file(url)
    return _of_postgres(url, folder) if file is None else _of_sqlite(file, folder)


def sqlite_file(url: str) -> Path | None:
    """The file of a store in SQLite, None for another one. Raises ``BackupError`` if it is not there."""
    file = sqlite_path(url)
    if file is not None and not file.is_file():
        raise BackupError(f"there is no store at {file} yet")
    return file


def tables(there: set[str]) -> list[str]:
    """Our tables among those that are there, those that others refer to first."""
    return [table.name for table in metadata.sorted_tables if table.name in there]


def _of_sqlite(file: Path, folder: Path) -> Snapshot:
    """By SQLite's online backup, in one step: it reads one snapshot of the WAL and holds up no writer."""
    copy = folder / DATABASE
    with sqlite_errors(copy):
        taken_at = datetime.now(UTC)
        with closing(sqlite3.connect(file, timeout=30)) as there, closing(sqlite3.connect(copy)) as here:
            here.execute("PRAGMA synchronous=OFF")
            there.backup(here)
            here.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            revision = revision_of(here)
            rows = counted(here)
            _write_names(folder / "named", (row[0] for row in here.execute(NAMED)))
    return Snapshot("sqlite", revision, taken_at, {DATABASE: copy}, rows, folder / "named", {})


@contextmanager
def sqlite_errors(file: Path) -> Iterator[None]:
    """SQLite's own errors as an OSError (the disk is full) or a ``BackupError``."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file)) from None
        raise BackupError(f"the store cannot be read or copied: {error}. Nothing more was done") from None


def counted(connection: sqlite3.Connection) -> dict[str, int]:
    """Rows by table."""
    there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - our names
        for name in tables(there)
    }


def revision_of(connection: sqlite3.Connection) -> str:
    """The schema's revision. Raises ``BackupError`` if it is no store of casebot's."""
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        row = None
    if not row:
        raise BackupError("it is no store of casebot's: it has no schema")
    return str(row[0])


def postgres_revision(connection: Connection) -> str:
    """Likewise of a database."""
    if "alembic_version" not in inspect(connection).get_table_names():
        raise BackupError("the database holds no store of casebot's yet")
    return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())


def _of_postgres(url: str, folder: Path) -> Snapshot:
    """By COPY of each table in one REPEATABLE READ transaction; only a migration waits for it."""
    database = Database(url)
    try:
        with (
            database.engine.connect() as guard,
            schema.unmigrated(guard),
            database.engine.connect().execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            ) as connection,
        ):
            return _copied_tables(connection, folder)
    finally:
        database.close()


def _copied_tables(connection: Connection, folder: Path) -> Snapshot:
    taken_at = datetime.now(UTC)
    there, revision = set(inspect(connection).get_table_names()), postgres_revision(connection)
    driver: Any = connection.connection.driver_connection
    members, rows = dict[str, Path](), dict[str, int]()
    for name in tables(there):
        members[f"tables/{name}.copy"] = target = folder / f"{name}.copy"
        rows[name] = _copied(driver, name, target)
    with driver.cursor("named") as cursor:  # on the server's side: names need no memory here
        cursor.execute(NAMED)
        _write_names(folder / "named", (row[0] for row in cursor))
    counters = {name: last for name, last in driver.execute(_SEQUENCES).fetchall() if last}
    return Snapshot("postgresql", revision, taken_at, members, rows, folder / "named", counters)


def _copied(driver: Any, name: str, target: Path) -> int:
    """Write a table's rows to a file, the names of its columns in the first line; returns how many."""
    columns = [row[0] for row in driver.execute(_OWN_COLUMNS, (name,)).fetchall()]
    with target.open("wb") as file, driver.cursor() as cursor:
        file.write(", ".join(columns).encode() + b"\n")
        with cursor.copy(f'COPY "{name}" ({", ".join(columns)}) TO STDOUT') as rows:
            for block in rows:
                file.write(block)
        return int(cursor.rowcount)


def _write_names(file: Path, names: Iterator[str]) -> None:
    with file.open("w", encoding="ascii") as writing:
        writing.writelines(f"{name}\n" for name in names)
