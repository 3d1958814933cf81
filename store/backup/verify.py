"""Verifying a store or a backup: the database is whole, every file is there and right, numbers agree."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select, text

from store.backup import archive
from store.backup.manifest import DATABASE, BackupError, Manifest
from store.backup.scratch import scratch
from store.backup.snapshot import (
    NAMED,
    counted,
    postgres_revision,
    revision_of,
    sqlite_errors,
    sqlite_file,
    tables,
)
from store.cases.case import case
from store.engine.database import Database
from store.files.place import FileStorage
from store.revision import standing

MOST_NAMED = 20
"""Files that are named, of those that are not well."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    ok: bool
    text: str


def of_backup(path: Path) -> Iterator[Finding]:
    """Read a backup to its end; its SQLite database is unpacked beside it and looked at, too."""
    place = path.parent if os.access(path.parent, os.W_OK) else Path(tempfile.gettempdir())
    with scratch(place) as folder:
        try:
            manifest = archive.read(path, into=folder, only={DATABASE})
        except BackupError as error:
            yield Finding(False, f"archive: {error}")
            return
        yield Finding(
            True,
            f"archive: whole; cases: {manifest.cases}, files: {manifest.files} ({manifest.file_bytes} bytes);"
            f" of {manifest.made_at:%Y-%m-%d %H:%M} UTC, made by casebot {manifest.version}",
        )
        yield from _missing(list(manifest.missing), "were missing already when it was made")
        if manifest.store == "sqlite":
            yield from _of_copy(folder / DATABASE, manifest)
        else:
            yield _revision(manifest.revision)


def of_store(url: str, files: FileStorage) -> Iterator[Finding]:
    """Look at a live store, and at every file that it names."""
    path = sqlite_file(url)
    database = Database(url)
    try:
        yield from _of_sqlite(path) if path else _of_postgres(database)
        with database.engine.connect() as connection:
            yield from _numbers(connection)
            yield from _files(connection, files)
    finally:
        database.close()


def _of_copy(file: Path, manifest: Manifest) -> Iterator[Finding]:
    yield from _of_sqlite(file)
    with closing(sqlite3.connect(file)) as connection:
        same = counted(connection) == dict(manifest.rows)
    yield Finding(
        same, "rows: as many as the manifest names" if same else "rows: not as many as the manifest names"
    )


def _of_sqlite(file: Path) -> Iterator[Finding]:
    with sqlite_errors(file), closing(sqlite3.connect(file, timeout=30)) as connection:
        try:
            revision = revision_of(connection)
            troubles = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(10)")]
            orphans = [f"{row[0]} {row[1]}" for row in connection.execute("PRAGMA foreign_key_check")]
        except sqlite3.DatabaseError as error:
            yield Finding(False, f"database: {error}. Put your last backup in its place")
            return
    yield _revision(revision)
    whole = troubles == ["ok"]
    yield Finding(whole, "database: whole (integrity_check)" if whole else f"database: {'; '.join(troubles)}")
    if orphans:
        yield Finding(False, f"references: {len(orphans)} rows refer to what is not there ({orphans[0]}, …)")
    else:
        yield Finding(True, "references: all lead somewhere")


_INVALID = (
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " WHERE NOT i.indisvalid AND c.relnamespace = current_schema()::regnamespace"
)
_CHECKED = (
    "SELECT c.oid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'btree'"
    " AND c.relnamespace = current_schema()::regnamespace"
)


def _of_postgres(database: Database) -> Iterator[Finding]:
    """What PostgreSQL offers: all rows read, indexes that are usable, amcheck where it is installed."""
    with database.engine.connect() as connection:
        yield _revision(postgres_revision(connection))
        for name in tables(set(inspect(connection).get_table_names())):
            _read_through(connection, name)
        sums = connection.exec_driver_sql("SHOW data_checksums").scalar() == "on"
        by = (
            "by their checksums" if sums else "PostgreSQL keeps no checksums of them: initdb --data-checksums"
        )
        yield Finding(True, f"database: every row can be read ({by})")
        invalid = [row[0] for row in connection.exec_driver_sql(_INVALID)]
        yield Finding(
            not invalid, f"indexes: {', '.join(invalid)} cannot be used" if invalid else "indexes: usable"
        )
        if connection.exec_driver_sql("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'").scalar():
            for (index,) in connection.exec_driver_sql(_CHECKED).all():
                connection.exec_driver_sql("SELECT bt_index_check(%s::regclass)", (index,))
            yield Finding(True, "indexes: whole (amcheck)")


def _read_through(connection: Connection, name: str) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{name}" TO STDOUT') as rows:
        for _ in rows:
            pass


_DISAGREEING = {
    "deliveries that wait and are never due": "SELECT count(*) FROM outgoing WHERE"
    " (outcome IN ('waiting', 'gathering')) != (due_at IS NOT NULL)",
    "messages that wait and are never due": "SELECT count(*) FROM inbox WHERE (outcome = 'waiting') !="
    " (due_at IS NOT NULL)",
    "timers that wait and are never due": "SELECT count(*) FROM timer WHERE (outcome = 'waiting') !="
    " (due_at IS NOT NULL)",
    "notices that wait for company without a delivery": "SELECT count(*) FROM draft d JOIN outgoing o ON"
    " o.id = d.id WHERE o.outcome != 'gathering'",
    "cases without an event in their history": "SELECT count(*) FROM support_case c WHERE NOT EXISTS"
    " (SELECT 1 FROM event e WHERE e.case_id = c.id)",
}
"""What must be nought."""


def _numbers(connection: Connection) -> Iterator[Finding]:
    wrong = [
        f"{count} {what}"
        for what, query in _DISAGREEING.items()
        if (count := connection.execute(text(query)).scalar())
    ]
    newest = connection.execute(select(func.max(case.c.id))).scalar() or 0
    if connection.dialect.name == "sqlite":
        counter = "SELECT max(seq) FROM sqlite_sequence WHERE name = 'support_case'"
    else:
        counter = (
            "SELECT max(last_value) FROM pg_sequences WHERE sequencename = 'support_case_id_seq'"
            " AND schemaname = current_schema()"
        )
    if (connection.execute(text(counter)).scalar() or 0) < newest:
        wrong.append("case numbers would be given out twice")
    yield Finding(not wrong, f"numbers: {'; '.join(wrong)}" if wrong else "numbers: they agree")


def _files(connection: Connection, store: FileStorage) -> Iterator[Finding]:
    missing, damaged, count = list[str](), list[str](), 0
    for (digest,) in connection.execution_options(stream_results=True, yield_per=500).exec_driver_sql(NAMED):
        try:
            count, right = count + 1, _sum(store.stream(digest)) == digest
        except (FileNotFoundError, ValueError):
            missing.append(digest)
        else:
            if not right:
                damaged.append(digest)
    yield from _missing(missing, "are not there")
    yield from _missing(damaged, "are damaged: their checksums are others")
    if not missing and not damaged:
        yield Finding(True, f"files: all {count} are there, and right")


def _missing(digests: list[str], what: str) -> Iterator[Finding]:
    if digests:
        names = ", ".join(f"{digest[:2]}/{digest[2:]}" for digest in digests[:MOST_NAMED])
        more = f", and {len(digests) - MOST_NAMED} more" if len(digests) > MOST_NAMED else ""
        yield Finding(False, f"files: {len(digests)} {what}: {names}{more}")


def _sum(chunks: Iterable[bytes]) -> str:
    running = hashlib.sha256()
    for chunk in chunks:
        running.update(chunk)
    return running.hexdigest()


def _revision(revision: str) -> Finding:
    beside = standing(revision)
    if not beside:
        return Finding(True, f"schema: this version's ({revision})")
    if beside == "older":
        return Finding(
            True, f"schema: an older version's ({revision}); `casebot migrate` brings it to this one"
        )
    return Finding(False, f"schema: a newer version's ({revision}): update this casebot")
