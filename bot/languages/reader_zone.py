"""The reader's time zone: the one in which moments are shown, in whatever is being written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from zoneinfo import ZoneInfo

_desks = [ZoneInfo("UTC")]
"""The zone of this process's desk; a list, so that it can be replaced when the config is read anew."""
_reader: ContextVar[ZoneInfo | None] = ContextVar("reader", default=None)


def settle(zone: ZoneInfo) -> None:
    """Set the desk's zone: that of whoever is not named by ``reading``."""
    _desks[0] = zone


@contextmanager
def reading(zone: ZoneInfo) -> Iterator[None]:
    """What is written within is read in this zone."""
    before = _reader.set(zone)
    try:
        yield
    finally:
        _reader.reset(before)


def zone() -> ZoneInfo:
    """The zone of whoever reads what is being written; the desk's, if nobody said whose."""
    return _reader.get() or _desks[0]


def local(at: datetime) -> datetime:
    """A moment by the reader's clock."""
    return at.astimezone(zone())


def city(of: ZoneInfo) -> str:
    """The place that a zone is named after, in summer and winter: ``Berlin``, ``New York``, ``UTC``."""
    return of.key.rpartition("/")[2].replace("_", " ")
