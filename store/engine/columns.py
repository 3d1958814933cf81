"""What all tables share: metadata, times in UTC, ids given out by a process."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import repeat
from operator import sub
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, DateTime, Integer, MetaData, literal_column
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""64-bit keys; SQLite wants the word INTEGER to make one the row id."""


class Moment(TypeDecorator[datetime]):
    """A point in time, aware and in UTC on both sides (SQLite would return it naive)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Any:
        """On SQLite, format the text that ``DateTime`` stores in one step: a new case writes twenty."""
        return _stored if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def constants(*words: str) -> list[ColumnElement[str]]:
    """Words of the program for an ``IN``, written into the SQL itself.

    A list of binds would be counted and written anew each time the statement runs; words as they are leave it
    always the same, and SQLite finds a partial index by them. Never anything that somebody has typed.
    """
    return [literal_column(f"'{word}'") for word in words]


StoredMoment = Any
"""A moment as the driver has it, where it is not worth reading each: they compare as the moments do."""


def stored(moment: datetime, *, sqlite: bool) -> StoredMoment:
    """A moment as it is stored."""
    return _stored(moment) if sqlite else moment


def utc(moment: StoredMoment) -> datetime:
    """A stored moment in UTC, without a zone."""
    if isinstance(moment, str):
        return datetime.fromisoformat(moment)
    naive: datetime = moment.astimezone(UTC).replace(tzinfo=None)
    return naive


def microseconds(moments: Sequence[StoredMoment]) -> list[int]:
    """Stored moments as microseconds since 1970: for many it takes half as long as one by one."""
    if moments and isinstance(moments[0], str):
        passed = map(sub, map(datetime.fromisoformat, moments), repeat(_EPOCH.replace(tzinfo=None)))
    else:
        passed = map(sub, moments, repeat(_EPOCH))
    return [past.days * 86_400_000_000 + past.seconds * 1_000_000 + past.microseconds for past in passed]


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _stored(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


class _Ids:
    """Generates ids; within a process each is larger than the one before."""

    def __init__(self) -> None:
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        fresh = (time.time_ns() // 1_000_000) << 22 | secrets.randbits(21)
        with self._lock:
            self._last = max(fresh, self._last + 1)
            return self._last


_ids = _Ids()


def new_id() -> int:
    """A 63-bit id that ascends with time: milliseconds, then random bits, larger than the last one.

    Rows that know their id before they are written can be collected and written together.
    """
    return _ids.next()
