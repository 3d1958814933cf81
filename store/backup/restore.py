"""Restoring a backup into an empty place: whole or not at all, and held until it is released."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, delete, insert, inspect

from store import hold, schema
from store.backup import archive
from store.backup.manifest import CONFIG, DATABASE, SECRET, BackupError, Damaged, Manifest
from store.backup.scratch import PREFIX, scratch
from store.backup.snapshot import counted, sqlite_errors, tables
from store.channel_state import door
from store.engine.columns import metadata
from store.engine.database import Database
from store.files.blobs import sync_folder
from store.revision import standing
from store.tombstone import FILE

_CHUNK = 1 << 20
_COLUMNS = re.compile(r'"?[a-z0-9_]+"?(, "?[a-z0-9_]+"?)*')
GAPS = {"support_case": 1000, "person": 1_000_000}
"""Numbers that are left out: the old desk may have given them out since, and signed links that name them."""
_PARTS = ("files", SECRET, CONFIG, DATABASE)
"""What is put in place, the store last: until it is there, nothing can be opened."""


def restore(backup: Path, folder: Path, *, url: str = "", amend: Callable[[str], str] = str) -> Manifest:
    """Unpack a backup into an empty folder, and PostgreSQL's tables into the empty database ``url``.

    ``amend``: changes the config's text, which is to name the new store. Raises ``BackupError`` and OSError; then
    nothing was restored.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if there := _occupied(folder):
        raise BackupError(
            f"{folder} is not empty (it has {there}). Nothing was changed: name an empty folder"
        )
    with scratch(folder) as unpacked:
        manifest = archive.read(backup, into=unpacked)
        _check(manifest, url)
        _amend(unpacked / CONFIG, amend)
        with _emptied_on_failure(folder, unpacked):
            if manifest.store == "sqlite":
                _hold_sqlite(unpacked / DATABASE, manifest)
                _put_in_place(unpacked, folder)
            else:
                with _into_postgres(url, unpacked, manifest):
                    _put_in_place(unpacked, folder)
    return manifest


def _check(manifest: Manifest, url: str) -> None:
    """Raise ``BackupError`` unless the place is of the kind that the backup was made of."""
    if manifest.store == "postgresql" and not url:
        raise BackupError(
            "it is a backup of PostgreSQL. Nothing was restored: name an empty database with --store postgresql://…"
        )
    if manifest.store == "sqlite" and url:
        raise BackupError("it is a backup of SQLite. Nothing was restored: leave --store out")
    if standing(manifest.revision) == "newer":
        raise BackupError("it is of a newer casebot's store. Nothing was restored: update this casebot first")


def _occupied(folder: Path) -> str:
    """Something in the folder that is not ours, or ``""``."""
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith(PREFIX))
    return next((name for name in names if name not in ("lost+found", FILE)), "")


def _amend(config: Path, change: Callable[[str], str]) -> None:
    if config.is_file():
        config.write_text(change(config.read_text(encoding="utf-8")), encoding="utf-8")


@contextmanager
def _emptied_on_failure(folder: Path, unpacked: Path) -> Iterator[None]:
    """Take out of the folder again what was put there, if the block fails."""
    try:
        yield
    except BaseException:
        for name in _PARTS:
            if (folder / name).exists():
                (folder / name).rename(unpacked / name)
        raise


def _put_in_place(unpacked: Path, folder: Path) -> None:
    """Move what was unpacked into the folder, durably."""
    os.sync()  # once for all files: one after the other, a thousand take half a minute
    (unpacked / "files").mkdir(exist_ok=True, mode=0o700)
    for name in _PARTS:
        if (unpacked / name).exists():
            (unpacked / name).rename(folder / name)
    sync_folder(folder)


def _held(manifest: Manifest) -> str:
    state = hold.state(restored_at=datetime.now(UTC), backed_up_at=manifest.made_at)
    return json.dumps(state)


def _hold_sqlite(file: Path, manifest: Manifest) -> None:
    """Hold the store before it bears its name: no process can have seen it free."""
    with sqlite_errors(file), closing(sqlite3.connect(file)) as connection:
        if counted(connection) != dict(manifest.rows):
            raise Damaged("its tables have other numbers of rows than its manifest names")
        with connection:
            connection.execute("DELETE FROM door WHERE name = ?", (hold.NAME,))
            connection.execute("INSERT INTO door (name, state) VALUES (?, ?)", (hold.NAME, _held(manifest)))
            for table, gap in GAPS.items():
                counter = connection.execute(
                    "DELETE FROM sqlite_sequence WHERE name = ? RETURNING seq", (table,)
                )
                last = sum(row[0] for row in counter.fetchall())
                connection.execute(
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table, last + gap)
                )


@contextmanager
def _into_postgres(url: str, unpacked: Path, manifest: Manifest) -> Iterator[None]:
    """Schema, rows, counters and the hold in one transaction, which is committed after the block."""
    database = Database(url)
    try:
        with database.engine.begin() as connection:
            schema.lock(connection)
            if there := tables(set(inspect(connection).get_table_names())):
                raise BackupError(
                    f"the database is not empty (it has the table {there[-1]}). Nothing was changed: name an empty one"
                )
            schema.build(connection, manifest.revision)
            _fill(connection, unpacked / "tables", manifest)
            connection.execute(delete(door).where(door.c.name == hold.NAME))
            connection.execute(insert(door).values(name=hold.NAME, state=_held(manifest)))
            yield
    finally:
        database.close()


def _fill(connection: Connection, folder: Path, manifest: Manifest) -> None:
    driver: Any = connection.connection.driver_connection
    for name in _in_order(connection, manifest):
        with (folder / f"{name}.copy").open("rb") as file, driver.cursor() as cursor:
            columns = file.readline(10_000).decode().strip()
            if not _COLUMNS.fullmatch(columns):
                raise Damaged(f"{name}: its first line does not name its columns")
            _copy(cursor, f'COPY "{name}" ({columns}) FROM STDIN', file)
            if cursor.rowcount != manifest.rows[name]:
                raise Damaged(f"{name} has {cursor.rowcount} rows; the manifest names {manifest.rows[name]}")
    counters = {f"{table}_id_seq": gap for table, gap in GAPS.items()}
    for name, last in manifest.counters.items():
        counters[name] = last + counters.get(name, 0)
    for name, last in counters.items():
        connection.exec_driver_sql("SELECT setval(%s::regclass, %s)", (f'"{name}"', last))


def _in_order(connection: Connection, manifest: Manifest) -> list[str]:
    """The tables, those that others refer to first, as this revision has them."""
    ordered = [name for name, _ in inspect(connection).get_sorted_table_and_fkc_names() if name]
    if strange := sorted(set(manifest.rows) - set(ordered) - set(metadata.tables)):
        raise Damaged(f"it has the table {strange[0]}, which no casebot has")
    return [name for name in ordered if name in manifest.rows]


def _copy(cursor: Any, statement: str, file: IO[bytes]) -> None:
    with cursor.copy(statement) as rows:
        while chunk := file.read(_CHUNK):
            rows.write(chunk)
