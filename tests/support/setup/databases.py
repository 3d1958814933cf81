"""Fresh databases for tests: the schema is made once, and copied for each."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import Connection, Dialect, Engine, Executable, Table

from store import schema
from store.engine import database as database_module
from store.engine.database import Database
from store.engine.statement_cache import Plan, Plans
from store.schema import differences

SHAPE = """
SELECT (SELECT string_agg(version_num, ' ') FROM alembic_version) || ' ' || md5(string_agg(
    format('%s %s %s %s %s', c.relname, c.relkind, a.attname, a.attnotnull, a.atthasdef), ';'
    ORDER BY c.relname, a.attnum
)) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND NOT a.attisdropped AND a.attnum > 0
"""
"""Asks PostgreSQL for the version of a schema, and a name of all tables, columns and indexes that there are."""

_migrated = schema.migrate


def sqlite(folder: Path, name: str = "casebot.db") -> str:
    """The URL of a new SQLite file in a folder, with the schema of today and nothing else in it."""
    file = folder / name
    if not file.exists():
        shutil.copy(_template(), file)
    return f"sqlite:///{file}"


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = Database(f"sqlite:///{folder}/template.db")
    _migrated(database)
    database.close()
    return folder / "template.db"


def made(url: str) -> None:
    """Make the schema in an empty database."""
    database = Database(url)
    schema.ensure(database)
    database.close()


@contextmanager
def compared_once() -> Iterator[None]:
    """While it lasts, tables of a shape that was looked at before are not looked at again."""
    right: set[str] = set()

    def found(connection: Connection) -> list[str]:
        shape = _shape(connection)
        different = [] if shape in right else differences(connection)
        if not different:
            right.add(shape)
        return different

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "differences", found)
        yield


def _shape(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        return str(connection.exec_driver_sql("SELECT group_concat(sql, ';') FROM sqlite_master").scalar())
    return str(connection.exec_driver_sql(SHAPE.replace("%s", "%%s")).scalar())


class PlansOfAll(Plans):
    """The statement plans of all databases of a kind.

    A statement that was planned in one test is not planned again in the next.
    """

    _kinds: ClassVar[dict[str, Plans]] = {}

    def of(self, statement: Executable, names: object, dialect: Dialect) -> Plan | None:
        return self._kinds.setdefault(dialect.name, Plans()).of(statement, names, dialect)

    def tables(self, statement: Executable) -> frozenset[Table]:
        return self._kinds.setdefault("", Plans()).tables(statement)


@contextmanager
def made_once() -> Iterator[None]:
    """While it lasts, an empty SQLite file gets its tables from one that has them.

    Statements are planned and compiled once.
    """

    def migrate(database: Database) -> tuple[str | None, str]:
        if not database.sqlite or not _is_empty(database):
            return _migrated(database)
        with closing(sqlite3.connect(_template())) as source, database.engine.connect() as connection:
            source.backup(connection.connection.driver_connection)
            return None, str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())

    make, kinds = database_module._engine, dict[str, Engine]()

    def engine(url: str, busy_timeout: float) -> Engine:
        made = make(url, busy_timeout)
        first = kinds.setdefault(made.dialect.name, made)
        made.dialect, made._compiled_cache = first.dialect, first._compiled_cache
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "migrate", migrate)
        patch.setattr(database_module, "Plans", PlansOfAll)
        patch.setattr(database_module, "_engine", engine)
        yield


def _is_empty(database: Database) -> bool:
    with database.engine.connect() as connection:
        return not connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar()
