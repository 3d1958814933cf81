"""A transaction: reads at once, plain inserts collected and written together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Insert,
    Select,
    Table,
    TableClause,
    bindparam,
    column,
    func,
    insert,
    literal_column,
    select,
)
from sqlalchemy.dialects import postgresql

from store.engine.clock import Instant
from store.engine.statement_cache import Plans

T = TypeVar("T")
MOST_LOCKS = 500
"""Advisory locks that are taken at once: PostgreSQL has room for some thousands, for all its sessions."""
_SEQUENCE = TableClause("sqlite_sequence", column("seq"), column("name"))
_COUNTER = select(_SEQUENCE.c.seq).where(_SEQUENCE.c.name == bindparam("name"))


class Transaction:
    """One connection within one transaction.

    ``add`` buffers rows for a table; a statement that names the table, or the end, writes them with one
    ``executemany``. SQLAlchemy knows which tables a statement names; ``of`` names them if the statement is text,
    or says that buffered rows may wait all the same (``()``). All rows added to one table must have the same
    columns.
    """

    def __init__(
        self,
        connection: Connection,
        plans: Plans,
        *,
        began: Instant,
        ahead: timedelta,
        delivers: bool = True,
    ) -> None:
        """``ahead``: how far the database's clock is ahead of this machine's."""
        self.connection = connection
        self.delivers = delivers
        """Does this process make deliveries itself (``store.engine.lease.of_delivery``)?"""
        self._announced: set[str] = set()
        self.began = began
        """When it was: no lease that is written in it is older."""
        self._ahead = ahead
        self._plans = plans
        self._buffered: dict[Table, list[dict[str, Any]]] = {}
        self._cached: dict[str, Any] = {}
        self._wrote = False

    def due(self, moment: datetime) -> datetime:
        """A moment of this machine's clock by the database's clock, which the queues use."""
        return moment + self._ahead

    def add(self, table: Table, **row: Any) -> None:
        """Insert a row, at the latest when the transaction ends."""
        self._wrote = True
        self._buffered.setdefault(table, []).append(row)

    def rows(
        self, statement: Executable, parameters: Any = None, *, of: Sequence[Table] | None = None
    ) -> Sequence[Any]:
        """All rows of a SELECT (or a RETURNING), after writing the buffered rows of its tables."""
        self._write_first(statement, of)
        plan = self._plans.of(statement, parameters or {}, self.connection.dialect)
        if plan is None:
            return self.connection.execute(statement, parameters).all()
        return plan.run(self.connection, parameters or {})[0]

    def stream(self, statement: Executable, parameters: Any = None) -> Iterator[list[Any]]:
        """The rows of a SELECT as the driver has them, some thousands at a time.

        They are plain tuples: of many that are named, the garbage collector takes as long as all the rest.
        """
        self.flush(self._plans.tables(statement))
        plan = self._plans.at_once(statement, self.connection.dialect)
        return plan.stream(self.connection, parameters or {})

    def row(self, statement: Executable, parameters: Any = None, *, of: Sequence[Table] | None = None) -> Any:
        """The first row, or None."""
        rows = self.rows(statement, parameters, of=of)
        return rows[0] if rows else None

    def value(
        self, statement: Executable, parameters: Any = None, *, of: Sequence[Table] | None = None
    ) -> Any:
        """The first column of the first row, or None."""
        rows = self.rows(statement, parameters, of=of)
        return rows[0][0] if rows else None

    def run(self, statement: Executable, parameters: Any = None, *, of: Sequence[Table] | None = None) -> int:
        """Run an UPDATE, DELETE or INSERT now; returns the number of rows it touched."""
        self._wrote = True
        self._write_first(statement, of)
        many = isinstance(parameters, list)
        names = parameters[0] if many else parameters or {}
        plan = self._plans.of(statement, names, self.connection.dialect)
        if plan is None:
            return self.connection.execute(statement, parameters).rowcount
        if many:
            return plan.run_many(self.connection, parameters)
        return plan.run(self.connection, names)[1]

    @property
    def sole_writer(self) -> bool:
        """Does nobody else write until it ends? So it is on SQLite."""
        return self.connection.dialect.name == "sqlite"

    def exclude(self, number: int) -> None:
        """Wait for all others that exclude each other by this number, and keep them out until the end."""
        if not self.sole_writer:
            self.connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (number,))

    def exclude_each(self, kind: int, numbers: Iterable[int]) -> bool:
        """As ``exclude``, by each of some numbers of 32 bits of a kind; False if others have one of them.

        While nothing is written yet it waits for those. Later it does not: who has written something that others
        wait for, and waits for what they have written, would be in a deadlock with them. Of very many only the
        first ``MOST_LOCKS`` are excluded.
        """
        if self.sole_writer:
            return True
        lock = (
            "bool_and(pg_try_advisory_xact_lock(%s, n))"
            if self._wrote
            else "count(pg_advisory_xact_lock(%s, n))"
        )
        of = f"SELECT {lock} FROM unnest(%s::int[]) AS n"  # noqa: S608 - one of the two above
        return bool(self.connection.exec_driver_sql(of, (kind, sorted(numbers)[:MOST_LOCKS])).scalar())

    def announce(self, name: str) -> None:
        """Have other processes hear of it at the commit (``store.engine.announcement``); not on SQLite."""
        if not self.sole_writer:
            self._announced.add(name)

    def say_announced(self) -> None:
        """Last of all: hand what is to be announced to the database."""
        for name in sorted(self._announced):
            self.connection.exec_driver_sql("SELECT pg_notify(%s, '')", (name,))

    def next_number(self, of: Table) -> int:
        """The next id of a table with a counter (never reused), for a row that is added later.

        On SQLite, which has one writer at a time, the counter is read once a transaction.
        """
        if not self.sole_writer:
            return int(self.value(_counter(of)))
        name = f"last {of.name}"
        last = self.once(name, lambda: self.value(_COUNTER, {"name": of.name}) or 0)
        self.learn(name, last + 1)
        return int(last + 1)

    def once(self, name: str, find: Callable[[], T]) -> T:
        """The result of ``find``, called once a transaction; for what nobody else changes meanwhile."""
        if name not in self._cached:
            self._cached[name] = find()
        value: T = self._cached[name]
        return value

    def learn(self, name: str, value: object) -> None:
        """Replace the result of ``once``, because it has just been changed."""
        self._cached[name] = value

    def _write_first(self, statement: Executable, of: Sequence[Table] | None) -> None:
        if self._buffered:
            self.flush(self._plans.tables(statement) if of is None else of)

    def flush(self, tables: Iterable[Table] | None = None) -> None:
        """Write the added rows, of all tables or of these and those that they refer to."""
        wanted = self._buffered if tables is None else _with_parents(tables)
        waiting = [table for table in self._buffered if table in wanted]
        for table in sorted(waiting, key=_rank) if len(waiting) > 1 else waiting:
            rows = self._buffered.pop(table)
            merged = table.info.get("merged")
            self.run(_insert(table), merged(rows) if merged else rows, of=())


def _counter(table: Table) -> Select[Any]:
    """The next of a table's numbers on PostgreSQL; always the same object, so that its SQL is made once."""
    if "counter" not in table.info:
        table.info["counter"] = select(func.nextval(literal_column(f"'{table.name}_id_seq'")))
    counter: Select[Any] = table.info["counter"]
    return counter


def _insert(table: Table) -> Insert:
    """Return the insert of a table, always the same object, so that its SQL is made once.

    A module can set ``info["insert"]``. With ``first stays``, rows whose key exists are ignored.
    """
    if "insert" not in table.info:
        or_ignore = postgresql.insert(table).on_conflict_do_nothing()  # compiles for SQLite, too
        table.info["insert"] = or_ignore if table.info.get("first stays") else insert(table)
    statement: Insert = table.info["insert"]
    return statement


def _rank(table: Table) -> int:
    """The position of a table in writing order: tables that it refers to are written first."""
    rank = table.info.get("rank")
    if rank is None:
        rank = table.info["rank"] = table.metadata.sorted_tables.index(table)
    return int(rank)


def _with_parents(tables: Iterable[Table]) -> set[Table]:
    """The tables, and all that their rows refer to."""
    closure: set[Table] = set()
    for table in tables:
        if "parents" not in table.info:
            referred = {key.column.table for key in table.foreign_keys} - {table}
            table.info["parents"] = referred | (_with_parents(referred) if referred else set())
        closure |= {table, *table.info["parents"]}
    return closure


_SIZES = (1, 4, 16, 64)
"""Keys in a statement; where fewer are asked for, the last one is said again."""


class InQuery:
    """``statement`` with ``column IN (…)``, for any number of keys.

    The number of binds is one of a few fixed sizes, so that the SQL of each can be cached.
    """

    def __init__(self, statement: Select[Any], column: ColumnElement[Any]) -> None:
        self._of = {
            size: statement.where(column.in_([bindparam(f"one_of_{n}") for n in range(size)]))
            for size in _SIZES
        }

    def rows(
        self,
        tx: Transaction,
        keys: Sequence[Any],
        parameters: Mapping[str, Any] | None = None,
        *,
        of: Sequence[Table] | None = None,
    ) -> Iterator[Any]:
        """The rows of these keys in no order.

        ``parameters`` are the statement's others, ``of`` as for any read.
        """
        for start in range(0, len(keys), _SIZES[-1]):
            part = keys[start : start + _SIZES[-1]]
            size = next(size for size in _SIZES if size >= len(part))
            padded = [*part, *[part[-1]] * (size - len(part))]
            named = {f"one_of_{n}": key for n, key in enumerate(padded)}
            yield from tx.rows(self._of[size], {**(parameters or {}), **named}, of=of)
