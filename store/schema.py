"""The schema: every table, and how a database is brought to this version of it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Table, inspect

from store import channel_state, report, tombstone
from store.articles import article, click, deflection
from store.cases import (
    attachment,
    broadcast,
    case,
    case_merge,
    concern,
    entry,
    participant,
    priority_request,
    search,
    sla_pause,
    survey,
    thread,
    timer,
    watcher,
)
from store.directory import person_merge, rota
from store.engine.columns import metadata
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.people import absence, account, blocked_sender, person, rate_limit, snippet
from store.queues import dispatch, erasure_task, inbox, outbox, outbox_batch, outbox_body
from store.revision import HEAD, QUESTION, REVISIONS, SchemaMismatch

TABLES = (
    absence, account, article, attachment, blocked_sender, broadcast, case, case_merge, channel_state, click, concern,
    deflection, dispatch, entry, erasure_task, inbox, outbox, outbox_batch, outbox_body, participant, person,
    person_merge, priority_request, rate_limit, report, rota, search, sla_pause, snippet, survey, thread, timer,
    tombstone, watcher,
)  # fmt: skip
"""The modules whose tables ``metadata`` knows, because they are imported here."""

_LOCK = 4242001
"""PostgreSQL's advisory lock of whoever brings the schema to another version."""
_NEWER = "The database was written by a newer casebot. Nothing was changed: update this one."
_OVERTAKEN = (
    "The database was brought to a newer version while this casebot ran. It stops: start the new one."
)
_OLDER = "The database is of an older version. Back it up, then run `casebot migrate`."
_OTHER = (
    "The database says that it is of version {revision}, but it is not: {differences}. Nothing was lost. "
    "It was made by a casebot that was never released, or changed by hand: put back a backup, or mend these."
)


def migrate(database: Database) -> tuple[str | None, str]:
    """Bring the database to the newest schema: ``(revision before, revision now)``.

    Raises ``SchemaMismatch`` for a newer one, and for one whose tables differ nevertheless.
    """
    with database.engine.connect() as connection:
        before = _revision(connection)
        if before not in (None, *REVISIONS):
            raise SchemaMismatch(_NEWER)
        with _alone(connection, database):
            _upgrade(connection, "head")
            connection.commit()
            _compare(connection, after := str(_revision(connection)))
            return before, after


@contextmanager
def _alone(connection: Connection, database: Database) -> Iterator[None]:
    """A lock, so that of two processes that start at once only one migrates; the other waits."""
    if database.sqlite:
        yield
        return
    connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
    connection.commit()
    try:
        yield
    finally:  # the session goes back to the pool, and would hold it for as long as it lives
        connection.rollback()
        connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_LOCK})")
        connection.commit()


@contextmanager
def unmigrated(connection: Connection) -> Iterator[None]:
    """Wait for whoever migrates PostgreSQL, and let nobody begin within the block; others may do the same.

    It is no lock of a transaction: one that began before it would read the tables of before and the columns of after.
    """
    connection.exec_driver_sql("SELECT pg_advisory_lock_shared(4242001)")
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql("SELECT pg_advisory_unlock_shared(4242001)")
        connection.commit()


def lock(connection: Connection) -> None:
    """Let nobody else migrate PostgreSQL until this transaction ends."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def build(connection: Connection, revision: str) -> None:
    """Make the schema of a revision in an empty database, within the caller's transaction.

    Raises ``SchemaMismatch`` for a newer one.
    """
    if revision not in REVISIONS:
        raise SchemaMismatch(_NEWER)
    _upgrade(connection, revision)


def _upgrade(connection: Connection, revision: str) -> None:
    from alembic import command  # slow to import, and only needed here
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("recursive_version_locations", "true")
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def create(url: str) -> None:
    """Create the schema of an empty database in a child process.

    Alembic would leave 14 MB in this process. If the child fails, or threads forbid a fork, ``opened`` creates it.
    """
    with closing(Database(url)) as database, database.engine.connect() as connection:
        if _revision(connection) is not None or threading.active_count() > 1:
            return
    if not (child := os.fork()):
        try:
            opened(url)[0].close()
        except Exception as error:
            logging.getLogger("store").warning("cannot create the tables: %s", error)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def opened(url: str) -> tuple[Database, bool]:
    """A database with this version's schema, and whether it was created. Closed if that raises."""
    database = Database(url)
    try:
        return database, ensure(database)
    except BaseException:
        database.close()
        raise


def ensure(database: Database) -> bool:
    """Create the schema in an empty database: was it empty? Raises ``SchemaMismatch`` as ``same`` does."""
    if empty := not same(database):
        migrate(database)
    return empty


def same(database: Database) -> bool:
    """Has the database this version's schema? False if it is empty; raises ``SchemaMismatch`` if not."""
    with database.engine.connect() as connection:
        now = _revision(connection)
        if now not in (None, *REVISIONS):
            raise SchemaMismatch(_NEWER)
        if now not in (None, HEAD):
            raise SchemaMismatch(_OLDER)
        if now:
            _compare(connection, now)
    return now is not None


def _compare(connection: Connection, revision: str) -> None:
    if problems := differences(connection):
        raise SchemaMismatch(_OTHER.format(revision=revision, differences=", ".join(problems)))


def require(tx: Transaction) -> None:
    """Raise ``SchemaMismatch`` if another process has migrated the database since it was opened. Cheap."""
    if tx.connection.exec_driver_sql(QUESTION).scalar() != HEAD:
        raise SchemaMismatch(_OVERTAKEN)


def _revision(connection: Connection) -> str | None:
    written = inspect(connection).has_table("alembic_version")
    revision: str | None = connection.exec_driver_sql(QUESTION).scalar() if written else None
    connection.rollback()
    return revision


def differences(connection: Connection) -> list[str]:
    """What is missing or in the way, each in words; other people's tables do not matter."""
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
