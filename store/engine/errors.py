"""Trouble: why a database did not do what it was asked, as far as its driver tells."""

from __future__ import annotations

import sqlite3
from typing import Any, Literal

from sqlalchemy.exc import DBAPIError

from store.engine.database import DatabaseFull

Trouble = Literal["busy", "barred", "damaged", "full", "away"]

_SQLITE: dict[int, Trouble] = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_READONLY: "barred",
    sqlite3.SQLITE_CANTOPEN: "barred",
    sqlite3.SQLITE_PERM: "barred",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_FULL: "full",
}
_POSTGRES: dict[str, Trouble] = {"53100": "full", "55P03": "busy", "25006": "barred"}
"""By SQLSTATE (PostgreSQL's manual, appendix A)."""


def trouble(error: BaseException) -> Trouble:
    """The kind of a database error.

    ``busy``: another process writes; ``barred``: it must not be opened or written; ``away``: anything else.
    """
    if isinstance(error, DatabaseFull):
        return "full"
    cause: Any = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & 0xFF, "away")  # the lower byte of an extended code is its kind
    return _POSTGRES.get(getattr(cause, "sqlstate", None) or "", "away")
