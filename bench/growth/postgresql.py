"""PostgreSQL copies itself: the rows of a block lie in temporary tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import Boolean, Table

from bench.growth.copying import copying
from bench.growth.staged import Plan, Staged
from store.engine.columns import Moment
from store.schema import metadata

SESSION = {
    "synchronous_commit": "off",
    "session_replication_role": "replica",  # foreign keys are not asked: what is copied was sound
    "maintenance_work_mem": "1GB",
    "max_parallel_maintenance_workers": "2",
    "temp_buffers": "64MB",
}
BESIDE = frozenset(("entry_text",))
"""Tables that are filled beside the others: its index takes as long as all their rows."""
SERVER = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "2GB", "autovacuum": "off"}
"""While it fills. A server that is stopped then has lost what it had."""


class Postgresql:
    """A server with nothing else on it; it copies the full text beside all the rest."""

    number, here, empty = "%(number)s::bigint", "chr(1)", "''::bytea"

    def __init__(self, url: str) -> None:
        self._store, self._beside = _connected(url), _connected(url)
        self._set_server([f"SET {name} = '{value}'" for name, value in SERVER.items()])
        self._indexes = self._unmake()
        self._copying: list[str] = []
        self._copying_beside: list[str] = []
        self._blocks = 0
        self._pool = ThreadPoolExecutor(1)
        self._text: Future[None] | None = None

    def write(self, table: Table, rows: list[tuple[Any, ...]]) -> None:
        """Rows that are there once, as SQLite has them."""
        makes = [_typed(column.type) for column in table.columns]
        names = [column.name for column in table.columns]
        made = ([make(value) for make, value in zip(makes, row, strict=True)] for row in rows)
        _insert(self._store, f'"{table.name}"', names, made)

    def stage(self, staged: Staged, plan: Plan) -> None:
        """Take the rows of a block."""
        place, beside = self.place(staged.table), staged.table.name in BESIDE
        store = self._beside if beside else self._store
        store.execute(f'CREATE TEMPORARY TABLE {place} (LIKE "{staged.table.name}")')
        for name in staged.names[len(staged.columns) :]:
            store.execute(f'ALTER TABLE {place} ADD "{name}" bigint')
        makes = [_typed(each.column.type) for each in staged.columns]
        makes += [lambda value: value] * (len(staged.names) - len(makes))
        made = ([make(value) for make, value in zip(makes, row, strict=True)] for row in staged.rows)
        _insert(store, place, staged.names, made)
        (self._copying_beside if beside else self._copying).append(copying(staged, plan, self))
        self._blocks = plan.blocks

    def copy(self, number: int) -> None:
        """Write the n-th block."""
        if self._text is None:
            self._text = self._pool.submit(self._fill_beside)
        _copy(self._store, self._copying, number)

    def finish(self, say: Callable[[str], None]) -> None:
        """Make the indexes again, say which numbers are next, and let it look at what it has."""
        for table, name, statement in self._indexes:
            if table not in BESIDE:
                say(name)
                self._store.execute(statement)
        for counted in self._counted():
            last = f'(SELECT max(id) FROM "{counted}")'
            self._store.execute(f"SELECT setval(pg_get_serial_sequence('{counted}', 'id'), {last})")
        say("the full text")
        with self._pool:
            if self._text:
                self._text.result()
        say("VACUUM ANALYZE")
        self._store.execute("VACUUM ANALYZE")
        self._set_server([f"RESET {name}" for name in SERVER])
        self._store.execute("CHECKPOINT")
        for store in (self._store, self._beside):
            store.close()

    def _fill_beside(self) -> None:
        for number in range(self._blocks):
            _copy(self._beside, self._copying_beside, number)
        for table, _, statement in self._indexes:
            if table in BESIDE:
                self._beside.execute(statement)

    def _unmake(self) -> list[tuple[str, str, str]]:
        """Drop indexes that no foreign key needs; returns table, name and how to make each again."""
        constraints = self._store.execute(_CONSTRAINTS).fetchall()
        for table, name, _ in constraints:
            self._store.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        indexes = self._store.execute(_INDEXES).fetchall()
        for _, name, _ in indexes:
            self._store.execute(f'DROP INDEX "{name}"')
        added = [
            (table, name, f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {how}')
            for table, name, how in constraints
        ]
        return added + indexes

    def _set_server(self, settings: list[str]) -> None:
        for setting in settings:
            self._store.execute(f"ALTER SYSTEM {setting}")
        self._store.execute("SELECT pg_reload_conf()")

    def _counted(self) -> list[str]:
        """Tables whose ids the database counts, and that have rows."""
        asked = "SELECT pg_get_serial_sequence('{0}', 'id') IS NOT NULL AND EXISTS (SELECT 1 FROM \"{0}\")"
        tables = [table.name for table in metadata.sorted_tables if "id" in table.columns]
        return [table for table in tables if self._store.execute(asked.format(table)).fetchone() == (True,)]

    # its words

    def place(self, table: Table) -> str:
        """Where a table's rows are staged."""
        return f'"staged_{table.name}"'

    def moment(self, column: str, step: timedelta) -> str:
        """With its zone."""
        return f"{column} + {self.number} * interval '{step // timedelta(seconds=1)} seconds'"

    def later(self, column: str, step: timedelta, than: datetime) -> str:
        """To the microsecond."""
        return f"{self.moment(column, step)} > '{than.isoformat()}'::timestamptz"


def _connected(url: str) -> psycopg.Connection:
    store = psycopg.connect(url, autocommit=True)
    for name, value in SESSION.items():
        store.execute(f"SET {name} = '{value}'")
    return store


def _copy(store: psycopg.Connection, statements: Sequence[str], number: int) -> None:
    with store.transaction():
        for statement in statements:
            store.execute(statement, {"number": number}, prepare=True)


def _insert(
    store: psycopg.Connection, into: str, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    columns = ", ".join(f'"{name}"' for name in names)
    with store.cursor() as cursor, cursor.copy(f"COPY {into} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


_CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'u' AND connamespace = 'public'::regnamespace
AND NOT EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = pg_constraint.conindid)
ORDER BY oid
"""
_INDEXES = """
SELECT indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
WHERE relnamespace = 'public'::regnamespace AND indpred IS NULL
AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY indexrelid
"""
"""Not those with a WHERE: made from what PostgreSQL says of them, they would say it in other words."""


def _typed(kind: Any) -> Callable[[Any], Any]:
    """SQLite's values as PostgreSQL reads them."""
    if isinstance(kind, Boolean):
        return lambda value: None if value is None else bool(value)
    if isinstance(kind, Moment):
        return lambda value: f"{value}+00" if isinstance(value, str) else value
    return lambda value: value
