"""SQLite copies itself: the rows of a block lie in memory, in a database that is attached."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table

from bench.growth.copying import copying
from bench.growth.staged import Plan, Staged

FILLING = (
    "synchronous = OFF",
    "journal_mode = OFF",
    "cache_size = -1000000",
    "foreign_keys = OFF",
    "threads = 2",
)


class Sqlite:
    """A file that nobody else has open."""

    number, here, empty = ":number", "char(1)", "x''"

    def __init__(self, path: str) -> None:
        self._store = sqlite3.connect(path, isolation_level=None)
        for pragma in FILLING:
            self._store.execute(f"PRAGMA {pragma}")
        self._store.execute("ATTACH ':memory:' AS staged")
        self._store.execute("BEGIN")
        indexes = "FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY rowid"
        self._indexes = self._store.execute(f"SELECT name, sql {indexes}").fetchall()
        for name, _ in self._indexes:
            self._store.execute(f'DROP INDEX "{name}"')
        self._copying: list[str] = []

    def write(self, table: Table, rows: list[tuple[Any, ...]]) -> None:
        """Rows that are there once, as SQLite has them."""
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        self._insert(f'"{table.name}" ({names})', rows)

    def stage(self, staged: Staged, plan: Plan) -> None:
        """Take the rows of a block; moments as seconds with their fraction behind a point."""
        place = self.place(staged.table)
        names = ", ".join(f'"{name}"' for name in staged.names)
        self._store.execute(f"CREATE TABLE {place} ({names})")  # without types, so that nothing is changed
        self._insert(place, [tuple(map(_seconds, row)) for row in staged.rows])
        self._copying.append(copying(staged, plan, self))

    def copy(self, number: int) -> None:
        """Write the n-th block."""
        for statement in self._copying:
            self._store.execute(statement, {"number": number})

    def finish(self, say: Callable[[str], None]) -> None:
        """Make the indexes again."""
        with closing(self._store):
            for name, statement in self._indexes:
                say(name)
                self._store.execute(statement)
            self._store.execute("COMMIT")
            self._store.execute("DETACH staged")
            self._store.execute("PRAGMA journal_mode = WAL")

    def _insert(self, into: str, rows: list[tuple[Any, ...]]) -> None:
        if rows:
            self._store.executemany(f"INSERT INTO {into} VALUES ({', '.join('?' * len(rows[0]))})", rows)

    # its words

    def place(self, table: Table) -> str:
        """Where a table's rows are staged."""
        return f'staged."{table.name}"'

    def moment(self, column: str, step: timedelta) -> str:
        """As text, in UTC."""
        return f"datetime({_later(column, step)}, 'unixepoch') || substr({column}, -7)"

    def later(self, column: str, step: timedelta, than: datetime) -> str:
        """In whole seconds."""
        return f"{_later(column, step)} > {int(than.timestamp())}"


def _seconds(value: Any) -> Any:
    return f"{int(value.timestamp())}.{value.microsecond:06d}" if isinstance(value, datetime) else value


def _later(column: str, step: timedelta) -> str:
    return f"CAST({column} AS INTEGER) + :number * {step // timedelta(seconds=1)}"
