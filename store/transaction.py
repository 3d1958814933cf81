"""A transaction: reads at once, plain inserts gathered and written together before anyone looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, Insert, Table, insert
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")


class Transaction:
    """One connection within one transaction.

    ``add`` gathers rows for a table; a read that names the table, or the end, writes them with
    one ``executemany``. Rows must carry the same columns each time they are added to one table.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._gathered: dict[Table, list[dict[str, Any]]] = {}
        self._known: dict[str, Any] = {}

    def add(self, table: Table, **row: Any) -> None:
        """Insert a row, at the latest when the transaction ends."""
        self._gathered.setdefault(table, []).append(row)

    def rows(
        self, statement: Executable, parameters: Any = None, *, of: Sequence[Table] = ()
    ) -> Sequence[Any]:
        """All rows of a SELECT (or a RETURNING), after writing what was gathered for the tables ``of``."""
        self.flush(of)
        return self.connection.execute(statement, parameters).all()

    def row(self, statement: Executable, parameters: Any = None, *, of: Sequence[Table] = ()) -> Any:
        """The first row, or None."""
        self.flush(of)
        return self.connection.execute(statement, parameters).first()

    def value(self, statement: Executable, parameters: Any = None, *, of: Sequence[Table] = ()) -> Any:
        """The first column of the first row, or None."""
        self.flush(of)
        return self.connection.execute(statement, parameters).scalar()

    def run(self, statement: Executable, parameters: Any = None, *, of: Sequence[Table] = ()) -> int:
        """Run an UPDATE, DELETE or INSERT now; how many rows it touched."""
        self.flush(of)
        return self.connection.execute(statement, parameters).rowcount

    def once(self, name: str, find: Callable[[], T]) -> T:
        """What ``find`` finds, looked up once a transaction; for what nobody changes within one."""
        if name not in self._known:
            self._known[name] = find()
        found: T = self._known[name]
        return found

    def learn(self, name: str, found: object) -> None:
        """What ``once`` will find from now on, because it has just been changed."""
        self._known[name] = found

    def flush(self, tables: Sequence[Table] | None = None) -> None:
        """Write what was gathered, for all tables or for these."""
        waiting = list(self._gathered) if tables is None else [t for t in tables if t in self._gathered]
        if not waiting:
            return
        for table in sorted(self._gathered, key=_rank) if len(waiting) > 1 else waiting:
            if table in waiting:
                self.connection.execute(self._insert(table), self._gathered.pop(table))

    def _insert(self, table: Table) -> Insert:
        """A table whose ``info`` says ``first stays`` ignores rows whose key is there already."""
        if not table.info.get("first stays"):
            return insert(table)
        if self.connection.dialect.name == "sqlite":
            return sqlite.insert(table).on_conflict_do_nothing()
        return postgresql.insert(table).on_conflict_do_nothing()


def _rank(table: Table) -> int:
    """Where a table stands so that what it refers to is written first."""
    rank = table.info.get("rank")
    if rank is None:
        rank = table.info["rank"] = table.metadata.sorted_tables.index(table)
    return int(rank)
