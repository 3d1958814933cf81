"""Writes copies into a fresh store as fast as it takes them: executemany on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any, Protocol

import psycopg
from sqlalchemy import Boolean, Table

from bench.growth.copies import Copies, Row
from store import schema
from store.engine.columns import Moment
from store.engine.database import Database

AT_ONCE = 2000
"""Cases in a transaction, or a little more."""
WIDTH = 30


class Target(Protocol):
    """A store that rows are written to."""

    def write(self, table: Table, rows: Iterable[Row]) -> None: ...

    def commit(self) -> None: ...

    def finish(self) -> None:
        """What a store that has grown by itself has: next numbers, statistics."""
        ...


def fill(url: str, copies: Copies, count: int, *, say: Callable[[str], None] = lambda line: None) -> int:
    """Make the store, and write blocks of copies until there are so many cases, or a few more; how many."""
    database = Database(url)
    schema.ensure(database)
    database.close()
    blocks = -(-count // copies.cases)
    every, now, began = blocks * copies.cases, datetime.now(UTC), time.monotonic()
    target = _target(url)
    for rows in copies.tables.values():
        target.write(rows.table, rows.of_desk())
    together = max(AT_ONCE // copies.cases, 1)
    for first in range(0, blocks, together):
        numbers = range(first, min(first + together, blocks))
        made = [copies.block(number, every=every, now=now) for number in numbers]
        for rows in copies.tables.values():
            target.write(rows.table, (row for copy in made for row in rows.copied(copy)))
        target.commit()
        done = numbers[-1] + 1
        rate = done * copies.cases / (time.monotonic() - began)
        say(_bar(done / blocks, f"{done * copies.cases:,} of {every:,} cases, {rate:,.0f}/s"))
    target.finish()
    return every


class Progress:
    """One line on the terminal's error stream, that is written over; nothing where there is none."""

    def __call__(self, line: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{line}")
            sys.stderr.flush()

    def over(self) -> None:
        """End the line."""
        if sys.stderr.isatty():
            sys.stderr.write("\n")


def _bar(share: float, words: str) -> str:
    done = round(share * WIDTH)
    return f"[{'#' * done}{'.' * (WIDTH - done)}] {words}"


def _target(url: str) -> Target:
    if url.startswith("sqlite"):
        return _Sqlite(url.removeprefix("sqlite:///"))
    return _Postgresql(url)


class _Sqlite:
    def __init__(self, path: str) -> None:
        self._store = sqlite3.connect(path, isolation_level=None)
        for pragma in ("synchronous = OFF", "cache_size = -400000", "foreign_keys = OFF"):
            self._store.execute(f"PRAGMA {pragma}")
        self._store.execute("BEGIN")

    def write(self, table: Table, rows: Iterable[Row]) -> None:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        places = ", ".join("?" * len(table.columns))
        self._store.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', rows)

    def commit(self) -> None:
        self._store.execute("COMMIT")
        self._store.execute("BEGIN")

    def finish(self) -> None:
        with closing(self._store):
            self._store.execute("COMMIT")
            self._store.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class _Postgresql:
    def __init__(self, url: str) -> None:
        self._store = psycopg.connect(url)
        self._store.execute("SET synchronous_commit = off")

    def write(self, table: Table, rows: Iterable[Row]) -> None:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        makes = [_typed(column.type) for column in table.columns]
        with self._store.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row([make(value) for make, value in zip(makes, row, strict=True)])

    def commit(self) -> None:
        self._store.commit()

    def finish(self) -> None:
        for table, column in self._counted():
            last = f'(SELECT max({column}) FROM "{table}")'
            self._store.execute(f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), {last})")
        self._store.commit()
        self._store.autocommit = True
        self._store.execute("VACUUM ANALYZE")
        self._store.close()

    def _counted(self) -> Sequence[Row]:
        """Tables whose ids the database counts, and that have rows."""
        tables = [table for table in schema.metadata.sorted_tables if "id" in table.columns]
        return [
            (table.name, "id")
            for table in tables
            if self._store.execute(f"SELECT pg_get_serial_sequence('{table.name}', 'id')").fetchone()
            != (None,)
            and self._store.execute(f'SELECT 1 FROM "{table.name}" LIMIT 1').fetchone()
        ]


def _typed(kind: Any) -> Callable[[Any], Any]:
    """SQLite's values as PostgreSQL reads them."""
    if isinstance(kind, Boolean):
        return lambda value: None if value is None else bool(value)
    if isinstance(kind, Moment):
        return lambda value: None if value is None else f"{value}+00"
    return lambda value: value
