"""Rate limits: budgets that fill up with time, and things that happen once in a while at most."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, Table, bindparam, delete, select
from sqlalchemy import case as when
from sqlalchemy.dialects.postgresql import insert

from store.engine.columns import Id, metadata
from store.engine.transaction import InQuery, Transaction

budget = Table(
    "budget",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),  # a hash of whom and what it is for
    Column("at", BigInteger, nullable=False),  # milliseconds since 1970: when it was last drawn on
    Column("hour", BigInteger, nullable=False),  # when the bucket of the hour is full again
    Column("day", BigInteger, nullable=False),  # when the bucket of the day is
    Column("told", BigInteger, nullable=False),  # when it was last told something that it has not answered; 0
    Column("words", BigInteger, nullable=False),  # a hash of how it answered; 0: it has not
    Column("times", Integer, nullable=False),  # how often it answered so, one after the other
)
HOUR, DAY = 3_600_000, 86_400_000
"""Milliseconds."""
FULL = 0
"""When a bucket that was never drawn on is full again."""


@dataclass(slots=True)
class Budget:
    """One rate limit's state within a transaction."""

    hour: int = FULL
    day: int = FULL
    told: int = 0
    words: int = 0
    times: int = 0


def key(*parts: object) -> int:
    """The row id of a rate limit for somebody or something: 63 bits, spread evenly."""
    digest = hashlib.blake2b("\n".join(map(str, parts)).encode("utf-8", "replace"), digest_size=8)
    return int.from_bytes(digest.digest()) >> 1


_NAMES = ("hour", "day", "told", "words", "times")
_READ = InQuery(select(budget.c.id, *[budget.c[name] for name in _NAMES]), budget.c.id)


def read(tx: Transaction, keys: Sequence[int]) -> list[Budget]:
    """The budgets of these keys; each is read once a transaction, so many may be read in advance."""
    budgets: dict[int, Budget] = tx.once("budgets", dict)
    if unknown := [row_id for row_id in keys if row_id not in budgets]:
        budgets |= {row[0]: Budget(*row[1:]) for row in _READ.rows(tx, unknown, of=())}
    return [budgets.setdefault(row_id, Budget()) for row_id in keys]


def write(tx: Transaction, the_id: int, drawn: Budget, *, now: int, hour: int = 0, day: int = 0) -> None:
    """Draw so many milliseconds from both buckets, and save when it was told and answered."""
    drawn.hour, drawn.day = max(drawn.hour, now) + hour, max(drawn.day, now) + day
    answers = {"told": drawn.told, "words": drawn.words, "times": drawn.times}
    tx.add(budget, id=the_id, at=now, hour=now + hour, day=now + day, **answers)


def once_a_day(tx: Transaction, the_id: int, *, now: int) -> bool:
    """Is this the first time within a day? From now on it is not."""
    return once(tx, the_id, now=now, every=DAY)


def once(tx: Transaction, the_id: int, *, now: int, every: int) -> bool:
    """Is this the first time within so many milliseconds? From now on it is not."""
    (drawn,) = read(tx, [the_id])
    if drawn.day > now:
        return False
    write(tx, the_id, drawn, now=now, day=every)
    return True


def millis(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def _merged(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per key with the sum, in a fixed order so that two processes never deadlock."""
    merged: dict[int, dict[str, Any]] = {}
    for row in rows:
        if before := merged.get(row["id"]):
            drawn = {name: before[name] + row[name] - row["at"] for name in ("hour", "day")}
            merged[row["id"]] = {**row, **drawn, "at": before["at"]}
        else:
            merged[row["id"]] = row
    return [merged[the_id] for the_id in sorted(merged)]


_INSERT = insert(budget)
_NEW = _INSERT.excluded
_MOMENTS = {
    name: when((budget.c[name] > _NEW.at, budget.c[name]), else_=_NEW.at) + _NEW[name] - _NEW.at
    for name in ("hour", "day")
}
_REST = {name: _NEW[name] for name in ("at", "told", "words", "times")}
budget.info["insert"] = _INSERT.on_conflict_do_update(index_elements=["id"], set_={**_MOMENTS, **_REST})
"""Insert that draws from the stored value, from which other processes may have drawn, too."""
budget.info["merged"] = _merged

_FORGET = delete(budget).where(
    budget.c.id.between(bindparam("first"), bindparam("last")),
    budget.c.hour < bindparam("now"), budget.c.day < bindparam("now"), budget.c.at < bindparam("since"),
)  # fmt: skip
SLICES = 1024
"""Parts in which the table is looked through: its keys are spread evenly, so that none is large."""


def forget(tx: Transaction, part: int, *, now: int, since: int) -> int:
    """Delete full budgets not used ``since``, in one of ``SLICES`` parts of the table; returns how many."""
    step = (1 << 63) // SLICES
    first = part % SLICES * step
    return tx.run(_FORGET, {"first": first, "last": first + step - 1, "now": now, "since": since})
