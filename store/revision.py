"""The revision of the schema: which one a database has, beside this program's; without Alembic."""

from __future__ import annotations

from sqlalchemy.exc import OperationalError, ProgrammingError

from store.engine.database import Database

REVISIONS = (
    "20261130_search_and_queue",
    "20261129_bodies_and_indexes",
    "20261129_erasure",
    "20261128_dispatch_threads",
    "20261128_work_lists",
    "20261128_dispatches",
    "20261128_tools_of_the_trade",
    "20261127_article_clicks",
    "20261127_article_vectors",
    "20261127_missing_parts",
    "0010",
    "0009",
    "0008",
    "0007",
    "0006",
    "0005",
    "0004",
    "0003",
    "0002",
    "0001",
)
"""All of them, the newest first; a test holds them to the steps in ``store/migrations/versions``."""
HEAD = REVISIONS[0]
QUESTION = "SELECT version_num FROM alembic_version"


class SchemaMismatch(Exception):
    """The database is not of this program's version; the message says what to do."""


def current(database: Database) -> bool:
    """Is the database of this program's revision? One statement; raises what else is wrong with it."""
    with database.engine.connect() as connection:
        try:
            return connection.exec_driver_sql(QUESTION).scalars().all() == [HEAD]
        except (OperationalError, ProgrammingError):  # there is no such table, or no such database
            return False


def standing(revision: str) -> str:
    """What a revision is beside this program's: ``""`` for the same, ``older``, or ``newer``."""
    return "" if revision == HEAD else "older" if revision in REVISIONS else "newer"
