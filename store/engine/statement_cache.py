"""The statement cache: SQL compiled once, then handed to the driver."""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from typing import Any, cast
from weakref import WeakKeyDictionary

from sqlalchemy import CompoundSelect, Connection, Delete, Dialect, Executable, Insert, Select, Table, Update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any]
SIZES = (32, 16, 8, 4, 2, 1)
"""Rows in a statement, where several go in one."""
AT_ONCE = 2000
"""Rows that are fetched together where there may be any number."""
_PLAIN = (Select, CompoundSelect, Insert, Update, Delete)


@dataclass(frozen=True, slots=True)
class Bind:
    """One value of a statement: ``name`` as callers give it, ``""`` if it is always ``value``."""

    place: str
    name: str
    value: Any
    convert: Convert | None


@dataclass(frozen=True, slots=True)
class ManyRows:
    """An INSERT on PostgreSQL that takes several rows: what is before, in and behind the values of one."""

    before: str
    row: str
    behind: str
    names: tuple[str, ...]
    """Of the binds, as they stand in a row."""

    def of(self, rows: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
        """The statement for so many rows, and their values in order."""
        sql = f"{self.before}{', '.join([self.row] * len(rows))}{self.behind}"
        return sql, [row[name] for row in rows for name in self.names]


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement compiled for one dialect; running it costs a sixth of compiling it again."""

    sql: str
    values: Callable[[Mapping[str, Any]], Any]
    """What the driver is given, of what callers give."""
    row: Callable[[Sequence[Any]], Any]
    returns: bool
    together: ManyRows | None = None
    """Where several rows can go in one statement, which costs the server and the driver a third of as many."""

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> tuple[list[Any], int]:
        """Run it: rows (as named tuples) and the number of rows touched. Raises SQLAlchemy's errors."""
        cursor = _cursor(connection)
        try:
            values = self.values(parameters)
            _driven(connection, connection.dialect.do_execute, cursor, self.sql, values)
            rows = list(map(self.row, cursor.fetchall())) if self.returns else []
            return rows, cursor.rowcount
        finally:
            cursor.close()

    def stream(self, connection: Connection, parameters: Mapping[str, Any]) -> Iterator[list[Any]]:
        """Run a SELECT: its rows as the driver has them, plain tuples, some thousands at a time."""
        cursor = _cursor(connection)
        try:
            _driven(connection, connection.dialect.do_execute, cursor, self.sql, self.values(parameters))
            while rows := cursor.fetchmany(AT_ONCE):
                yield rows
        finally:
            cursor.close()

    def run_many(self, connection: Connection, parameters: Sequence[Mapping[str, Any]]) -> int:
        """Run it for many sets of values; returns the number of rows touched."""
        values = list(map(self.values, parameters))
        if self.together is not None:
            return self._run_together(connection, values, self.together)
        return self._driven_many(connection, values)

    def _driven_many(self, connection: Connection, values: Sequence[Any]) -> int:
        cursor = _cursor(connection)
        try:
            _driven(connection, connection.dialect.do_executemany, cursor, self.sql, values)
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def _run_together(
        self, connection: Connection, values: Sequence[Mapping[str, Any]], together: ManyRows
    ) -> int:
        """As many rows in a statement as one of the fixed sizes takes, so that the server knows the statement."""
        touched = at = 0
        cursor = _cursor(connection)
        try:
            for size in SIZES:
                while len(values) - at >= size:
                    rows, at = values[at : at + size], at + size
                    sql, flat = together.of(rows)
                    _driven(connection, connection.dialect.do_execute, cursor, sql, flat)
                    touched += cursor.rowcount
            return touched
        finally:
            cursor.close()


class Plans:
    """Plans by statement. A statement object gets one when it is seen again: then it is a fixed one."""

    def __init__(self) -> None:
        self._made: WeakKeyDictionary[Executable, dict[object, Plan | None]] = WeakKeyDictionary()
        self._tables: WeakKeyDictionary[Executable, frozenset[Table]] = WeakKeyDictionary()

    def tables(self, statement: Executable) -> frozenset[Table]:
        """The tables that a statement names; SQL written as text names none."""
        tables = self._tables.get(statement)
        if tables is None:
            parts = visitors.iterate(cast("Any", statement))
            named = (table for part in parts for table in (part, getattr(part, "table", None)))
            tables = self._tables[statement] = frozenset(table for table in named if isinstance(table, Table))
        return tables

    def at_once(self, statement: Executable, dialect: Dialect) -> Plan:
        """The plan of a SELECT without lists, which need not be seen again first."""
        plans = self._made.setdefault(statement, {})
        plan = plans.get(()) or _plan(statement, (), dialect)
        if plan is None:
            raise ValueError("its SQL depends on its values")
        plans[()] = plan
        return plan

    def of(self, statement: Executable, names: object, dialect: Dialect) -> Plan | None:
        """The plan for values of these names; None where SQLAlchemy must execute it."""
        plans = self._made.get(statement)
        if plans is None:
            self._made[statement] = {}
            return None
        key = tuple(cast("Mapping[str, Any]", names)) if isinstance(statement, Insert) else ()
        if key not in plans:
            plans[key] = _plan(statement, key, dialect)
        return plans[key]


def _plan(statement: Executable, columns: tuple[str, ...], dialect: Dialect) -> Plan | None:
    if not isinstance(statement, _PLAIN):
        return None
    keys = list(columns) or None
    compiled = statement.compile(dialect=dialect, column_keys=keys)
    if isinstance(compiled, SQLCompiler) and _lists(compiled):
        options = {"render_postcompile": True}
        compiled = statement.compile(dialect=dialect, column_keys=keys, compile_kwargs=options)
    if not isinstance(compiled, SQLCompiler) or _changes(compiled):
        return None
    places = compiled.positiontup if compiled.positional else list(compiled.binds)
    columns_out = list(statement.exported_columns)
    binds = [_bind(compiled, place, dialect) for place in places or ()]
    return Plan(
        sql=str(compiled),
        values=_in_order(binds) if compiled.positional else _by_name(binds),
        row=_row(columns_out, dialect),
        returns=bool(columns_out),
        together=_together(statement, str(compiled), dialect),
    )


_BOUND = re.compile(r"%\((\w+)\)s")
_VALUES = " VALUES "


def _together(statement: Executable, sql: str, dialect: Dialect) -> ManyRows | None:
    """How one statement inserts several rows; None on SQLite, and where a row may update another."""
    before, values, row = sql.partition(_VALUES)
    if dialect.name != "postgresql" or not isinstance(statement, Insert) or not values:
        return None
    row, ignoring, behind = row.partition(" ON CONFLICT")
    if behind not in ("", " DO NOTHING") or " RETURNING " in row:
        return None
    names = tuple(_BOUND.findall(row))
    return ManyRows(before + values, _BOUND.sub("%s", row), ignoring + behind, names)


def _lists(compiled: SQLCompiler) -> bool:
    """Has it lists (``IN``), and nothing else that varies?"""
    return bool(compiled.post_compile_params) and not any(bind.required for bind in compiled.binds.values())


def _changes(compiled: SQLCompiler) -> bool:
    """Does its SQL depend on the values, or does SQLAlchemy add values of its own?"""
    return bool(
        compiled.post_compile_params
        or compiled.literal_execute_params
        or compiled.insert_prefetch
        or compiled.update_prefetch
    )


def _bind(compiled: SQLCompiler, place: str, dialect: Dialect) -> Bind:
    bind = compiled.binds[place]
    name = bind.key if bind.required else ""
    convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return Bind(place, name, bind.value, convert)


def _in_order(binds: Sequence[Bind]) -> Callable[[Mapping[str, Any]], Any]:
    """The values in order; those that need no conversion are fetched in one go."""
    converts = [(at, bind.convert) for at, bind in enumerate(binds) if bind.convert is not None]
    if len(binds) < 2 or not all(bind.name for bind in binds):
        return lambda parameters: tuple(map(_value, binds, repeat(parameters)))
    fetch = itemgetter(*(bind.name for bind in binds))

    def values(parameters: Mapping[str, Any]) -> Any:
        fetched = list(fetch(parameters))
        for at, convert in converts:
            fetched[at] = convert(fetched[at])
        return fetched

    return values if converts else fetch


def _by_name(binds: Sequence[Bind]) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    return lambda parameters: {bind.place: _value(bind, parameters) for bind in binds}


def _value(bind: Bind, parameters: Mapping[str, Any]) -> Any:
    value = parameters[bind.name] if bind.name else bind.value
    return value if bind.convert is None else bind.convert(value)


def _row(columns: Sequence[Any], dialect: Dialect) -> Callable[[Sequence[Any]], Any]:
    """A function that makes a row of what the driver returns; converts only the columns that need it."""
    names = [str(column.key) for column in columns]
    row: Any = cast("Any", namedtuple)("Row", names, rename=True)
    make: Callable[[Sequence[Any]], Any] = row._make
    converts = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    needed = [(at, convert) for at, convert in enumerate(converts) if convert is not None]
    if not needed:
        return make

    def converted(raw: Sequence[Any]) -> Any:
        values = list(raw)
        for at, convert in needed:
            values[at] = convert(values[at])
        return make(values)

    return converted


def _cursor(connection: Connection) -> Any:
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.cursor()


def _driven(connection: Connection, drive: Callable[..., Any], cursor: Any, sql: str, values: Any) -> None:
    """Let the driver execute it; its errors become SQLAlchemy's, as everywhere."""
    dialect = connection.dialect
    try:
        drive(cursor, sql, values)
    except dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(
            sql, values, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
        ) from error
