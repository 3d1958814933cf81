"""Differences: where a database's tables are not what this program's statements need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Connection, Table, inspect

from store.engine.columns import metadata


def differences(connection: Connection) -> list[str]:
    """The differences of a database from this schema, each in words; other people's tables do not matter."""
    here = inspect(connection)
    columns: dict[Any, Any] = here.get_multi_columns()
    indexes: dict[Any, Any] = here.get_multi_indexes()
    problems: list[str] = []
    for table in metadata.sorted_tables:
        # What PostgreSQL finds in other schemas has a name there; ours are in the default one.
        there = columns.get((None, table.name))
        if there is None:
            problems.append(f"table {table.name} is missing")
            continue
        problems += _columns(table, {column["name"]: column for column in there})
        problems += _indexes(table, {index["name"] for index in indexes.get((None, table.name), ())})
    return problems


def _columns(table: Table, there: dict[str, Any]) -> Iterator[str]:
    for column in table.columns:
        if column.name not in there and not _virtual(table, column):
            yield f"column {table.name}.{column.name} is missing"
    for name, column in there.items():
        if name not in table.columns and not column["nullable"] and column["default"] is None:
            yield f"column {table.name}.{name} must be filled, and is not known"


def _indexes(table: Table, there: set[str]) -> Iterator[str]:
    if _searched(table):
        return
    for index in table.indexes:
        if index.name not in there:
            yield f"index {index.name} is missing"


def _virtual(table: Table, column: Column[Any]) -> bool:
    """Is it the row id of a full-text table, which SQLite does not list?"""
    return _searched(table) and column.primary_key


def _searched(table: Table) -> bool:
    return bool(table.info.get("skip_autogenerate"))
