"""Whose each row of real cases is, and how its copies go on: ids, moments, addresses and Message-IDs.

Nothing here knows a table but by its columns and foreign keys, so a new one is copied as well. A row belongs to a case
(its ``case_id``, or what its foreign keys lead to), to a block (customers, and what is theirs: each block has its own),
or to the desk, which is written once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Column, Table

from bench.growth.staged import Plan, Staged, Staging, marked, moment
from bench.growth.template import Template
from store.engine.columns import Moment
from store.schema import metadata

TOLD_IN = {"receipt": "result"}
"""Tables that name their case within JSON, and the column of that."""
BY_NAME = {"case": "support_case", "note": "entry"}
"""What ``case_id`` and ``note_id`` mean where they are no foreign key."""
DESK, BLOCK = -2, -1
"""Whose a row is, if it is not of one case (0, 1, …)."""
_ROUNDS = 3
"""So often it is looked whose the rows are: what leads to a row may stand before it or behind it."""
_TIMED = 1 << 40
"""Ids from here on are moments (``store.engine.columns.new_id``), those below are counted."""

Row = tuple[Any, ...]


@dataclass
class Rows:
    """A table's rows, and whose each is."""

    table: Table
    rows: list[Row]
    owners: list[int] = field(default_factory=list)
    by_id: Mapping[Any, int] = field(default_factory=dict)
    """Id → whose the row is."""

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


class Copies:
    """All tables of a template, in the order in which they can be written."""

    def __init__(self, template: Template) -> None:
        with closing(sqlite3.connect(template.store)) as store:
            self.tables = {table.name: _read(store, table) for table in metadata.sorted_tables}
        cases = self.tables["support_case"]
        at = cases.names.index("opened_at")
        self._opened = [moment(row[at]) for row in cases.rows]
        self.cases = len(cases.rows)
        self._own()

    def staged(self, plan: Plan) -> list[Staged]:
        """Every table's rows as they are in block 0, and how each column goes on from there."""
        return [
            self._staged(rows, plan)
            for rows in self.tables.values()
            if any(owner != DESK for owner in rows.owners)
        ]

    def _staged(self, rows: Rows, plan: Plan) -> Staged:
        kept = [(row, owner) for row, owner in zip(rows.rows, rows.owners, strict=True) if owner != DESK]
        moves = [plan.move(owner, self._opened[max(owner, 0)]) for _, owner in kept]
        columns = []
        for place, column in enumerate(rows.table.columns):
            values = [row[place] for row, _ in kept]
            if isinstance(column.type, Moment):
                moved = [value and moment(value) + move for value, move in zip(values, moves, strict=True)]
                columns.append(Staging(column, moved, step=plan.step))
            elif any(isinstance(value, int) for value in values):
                columns.append(self._numbers(rows, column, values, plan))
            else:
                columns.append(Staging(column, [marked(column, value) for value in values]))
        return Staged(rows.table, columns)

    def _numbers(self, rows: Rows, column: Column[Any], values: list[Any], plan: Plan) -> Staging:
        """Of an id, or what names one: of a case's row by its time, else by how many there are in a block."""
        own = rows.has_id and column.name == rows.names[rows.key]
        for target in [rows.table.name] if own else _targets(column):
            other = self.tables["entry" if target == "entry_text" else target]
            pairs = [self._numbered(other, value, plan) for value in values]
            return Staging(column, [first for first, _ in pairs], steps=[step for _, step in pairs])
        return Staging(column, values)

    def _numbered(self, other: Rows, value: int | None, plan: Plan) -> tuple[int | None, int]:
        """A row's id in block 0, and what each further block adds to it."""
        owner = other.by_id.get(value, DESK)
        if value is None or owner == DESK:
            return value, 0
        if value < _TIMED:
            return value, other.most
        return value + _identifier(plan.move(owner, self._opened[max(owner, 0)])), _identifier(plan.step)

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


def _identifier(move: timedelta) -> int:
    """What so much time is in ids that are moments."""
    return int(move.total_seconds()) * 1000 << 22
