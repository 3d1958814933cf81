"""Copies of real cases: the rows of a store, with ids, moments, addresses and Message-IDs of their own.

Nothing here knows a table but by its columns and foreign keys, so a new one is copied as well. A row belongs to a case
(its ``case_id``, or what its foreign keys lead to), to a block (customers, and what is theirs: each block has its own),
or to the desk, which is written once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Column, LargeBinary, Table

from bench.growth.template import MARK, Template
from store.engine.columns import Moment
from store.schema import metadata

SPAN = timedelta(days=730)
DOMAIN = "acme.example"
"""Of the customers, whose organisation each block has one of."""
IDENTIFIERS = frozenset(("key", "value", "message_id", "address", "domain"))
"""Columns of words that name one thing, so that no two copies may have the same."""
TOLD_IN = {"receipt": "result"}
"""Tables that name their case within JSON, and the column of that."""
BY_NAME = {"case": "support_case", "note": "entry"}
"""What ``case_id`` and ``note_id`` mean where they are no foreign key."""
DESK, BLOCK = -2, -1
"""Whose a row is, if it is not of one case (0, 1, …)."""
CUT = 800
"""Bytes that are left of raw mails and payloads where the disk is too small."""
_ROUNDS = 3
"""So often it is looked whose the rows are: what leads to a row may stand before it or behind it."""
_TIMED = 1 << 40
"""Ids from here on are moments (``store.engine.columns.new_id``), those below are counted."""

Row = tuple[Any, ...]
Change = Callable[["Copy", Any], Any]


@dataclass(frozen=True, slots=True)
class Copy:
    """One block of copies: its number, how many there are in all, and when they end."""

    number: int
    cases: int
    """Of each block."""
    all: int
    now: datetime

    def back(self, owner: int, opened: datetime) -> timedelta:
        """How much earlier a case's copy happened than the case did."""
        place = (self.number * self.cases + max(owner, 0)) / self.all
        return opened - (self.now - SPAN * (1 - place))


@dataclass
class Rows:
    """A table's rows, and what is changed in each: column and how."""

    table: Table
    rows: list[Row]
    owners: list[int] = field(default_factory=list)
    by_id: Mapping[Any, int] = field(default_factory=dict)
    """Id → whose the row is."""
    changes: list[list[tuple[int, Change]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names = [column.name for column in self.table.columns]

    @cached_property
    def key(self) -> int:
        """Where its id stands."""
        return self.names.index("id" if "id" in self.names else "rowid")

    @cached_property
    def has_id(self) -> bool:
        """Has it one?"""
        return bool({"id", "rowid"} & set(self.names))

    def own(self, owners: list[int]) -> None:
        """Say whose each row is."""
        self.owners = owners
        keys = [row[self.key] for row in self.rows] if self.has_id else []
        self.by_id = dict(zip(keys, owners, strict=False))

    @cached_property
    def most(self) -> int:
        """The greatest id."""
        return max((row[self.key] for row in self.rows), default=0)

    def of_desk(self) -> list[Row]:
        """What is written once."""
        return [row for row, owner in zip(self.rows, self.owners, strict=True) if owner == DESK]

    def copied(self, copy: Copy) -> Iterator[Row]:
        """The rows of one block."""
        for row, owner, changes in zip(self.rows, self.owners, self.changes, strict=True):
            if owner == DESK:
                continue
            fresh = list(row)
            for place, change in changes:
                fresh[place] = change(copy, row[place])
            yield tuple(fresh)


class Copies:
    """All tables of a template, in the order in which they can be written."""

    def __init__(self, template: Template, *, cut: bool = False) -> None:
        """``cut``: of raw mails and payloads only the beginning."""
        self._cut = cut
        with closing(sqlite3.connect(template.store)) as store:
            self.tables = {table.name: _read(store, table) for table in metadata.sorted_tables}
        cases = self.tables["support_case"]
        at = cases.names.index("opened_at")
        self._opened = [_moment(row[at]) for row in cases.rows]
        self.cases = len(cases.rows)
        self._own()
        for rows in self.tables.values():
            rows.changes = [
                [*self._changed(rows, row, owner)] if owner != DESK else []
                for row, owner in zip(rows.rows, rows.owners, strict=True)
            ]

    def block(self, number: int, *, every: int, now: datetime) -> Copy:
        """The n-th of the blocks that make up so many cases."""
        return Copy(number, self.cases, every, now)

    def _own(self) -> None:
        """Find out whose each row is: by what it names, then by what names it."""
        numbers = {row[0]: place for place, row in enumerate(self.tables["support_case"].rows)}
        for rows in self.tables.values():
            rows.own([DESK] * len(rows.rows))
        for _ in range(_ROUNDS):
            for rows in self.tables.values():
                rows.own(
                    [
                        self._owner(rows, row, numbers, was)
                        for row, was in zip(rows.rows, rows.owners, strict=True)
                    ]
                )
            for rows in self.tables.values():
                if rows.has_id and rows.table.name not in ("person", "support_case"):
                    self._own_named(rows)

    def _owner(self, rows: Rows, row: Row, numbers: Mapping[int, int], was: int) -> int:
        if was != DESK:
            return was
        named = dict(zip(rows.names, row, strict=True))
        name = rows.table.name
        if name == "support_case":
            return numbers[named["id"]]
        if name == "person":
            return DESK if named["role"] in ("specialist", "manager") else BLOCK
        if named.get("case_id") in numbers:
            return numbers[named["case_id"]]
        if "rowid" in named and name == "entry_text":
            return self.tables["entry"].by_id.get(named["rowid"], DESK)
        if name in TOLD_IN:
            return numbers.get(json.loads(named[TOLD_IN[name]] or "{}").get("case"), DESK)
        owners = [
            self.tables[target].by_id.get(named[column.name], DESK)
            for column in rows.table.columns
            for target in _targets(column)
            if named[column.name] is not None and target != name
        ]
        return max(owners, default=DESK)

    def _own_named(self, rows: Rows) -> None:
        """Rows of nobody that copied rows name are theirs: of one case, or of the block."""
        named: dict[Any, set[int]] = {}
        for other in self.tables.values():
            for place, column in enumerate(other.table.columns):
                if rows.table.name in _targets(column) and other is not rows:
                    for row, owner in zip(other.rows, other.owners, strict=True):
                        if owner != DESK:
                            named.setdefault(row[place], set()).add(owner)
        fresh = list(rows.owners)
        for place, row in enumerate(rows.rows):
            owners = named.get(row[rows.key], set())
            if fresh[place] == DESK and owners:
                fresh[place] = owners.pop() if len(owners) == 1 else BLOCK
        rows.own(fresh)

    def _changed(self, rows: Rows, row: Row, owner: int) -> Iterator[tuple[int, Change]]:
        opened = self._opened[max(owner, 0)]
        pending = "fence" in rows.names and row[rows.names.index("due_at")] is not None
        for place, (column, value) in enumerate(zip(rows.table.columns, row, strict=True)):
            if value is None:
                continue
            if pending and column.name == "due_at":
                yield place, partial(_due, owner, opened, _moment(value))
                yield rows.names.index("outcome"), partial(_outcome, owner, opened, _moment(value))
            elif isinstance(column.type, Moment):
                yield place, partial(_earlier, owner, opened, _moment(value))
            elif isinstance(column.type, LargeBinary):
                if self._cut and len(value) > CUT:
                    yield place, lambda copy, data: data[:CUT]
            elif isinstance(value, int):
                yield from self._renumbered(rows, column, place, value)
            elif isinstance(value, str) and value:
                yield from _renamed(column, place, value)

    def _renumbered(
        self, rows: Rows, column: Column[Any], place: int, value: int
    ) -> Iterator[tuple[int, Change]]:
        """Of an id, or what names one: of a case's row by its time, else by how many there are in a block."""
        for target in [rows.table.name] if rows.has_id and place == rows.key else _targets(column):
            other = self.tables["entry" if target == "entry_text" else target]
            owner = other.by_id.get(value, DESK)
            if owner == DESK:
                return
            if value < _TIMED:
                yield place, partial(_counted, other.most)
            else:
                yield place, partial(_timed, owner, self._opened[max(owner, 0)])
            return


def _read(store: sqlite3.Connection, table: Table) -> Rows:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    order = " ORDER BY id" if "id" in table.columns else ""
    rows = store.execute(f'SELECT {names} FROM "{table.name}"{order}').fetchall()
    return Rows(table, rows)


def _targets(column: Column[Any]) -> list[str]:
    """The tables that a column of ids leads to."""
    if column.foreign_keys:
        return [key.column.table.name for key in column.foreign_keys]
    stem = column.name.removesuffix("_id")
    named = BY_NAME.get(stem, stem)
    return [named] if column.name.endswith("_id") and named in metadata.tables else []


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def _stored(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds")


def _earlier(owner: int, opened: datetime, at: datetime, copy: Copy, _: Any) -> str:
    return _stored(at - copy.back(owner, opened))


def _due(owner: int, opened: datetime, at: datetime, copy: Copy, _: Any) -> str | None:
    """What would have been due is settled; the rest is due in the future."""
    then = at - copy.back(owner, opened)
    return _stored(then) if then > copy.now + timedelta(hours=1) else None


def _outcome(owner: int, opened: datetime, at: datetime, copy: Copy, before: str) -> str:
    return before if _due(owner, opened, at, copy, None) else "done"


def _counted(span: int, copy: Copy, value: int) -> int:
    return value + copy.number * span


def _timed(owner: int, opened: datetime, copy: Copy, value: int) -> int:
    milliseconds = int(copy.back(owner, opened).total_seconds() * 1000)
    return value - (milliseconds << 22)


def _renamed(column: Column[Any], place: int, value: str) -> Iterator[tuple[int, Change]]:
    if DOMAIN in value or f"{MARK}-" in value:
        yield place, _worded
    elif column.name in IDENTIFIERS or (column.unique and not column.foreign_keys):
        yield place, _numbered


def _worded(copy: Copy, value: str) -> str:
    """The same words about the block's own organisation and mails."""
    domain = DOMAIN.replace(".", f"{copy.number}.", 1)
    return value.replace(DOMAIN, domain).replace(f"{MARK}-", f"{MARK}{copy.number}-")


def _numbered(copy: Copy, value: str) -> str:
    local, at, domain = value.rpartition("@")
    return f"{local}.{copy.number}@{domain}" if at else f"{value}.{copy.number}"
