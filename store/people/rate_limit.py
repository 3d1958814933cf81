"""Rate limits: how much automatic mail an address may still have."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Insert, Integer, Table, bindparam, delete, select
from sqlalchemy import case as when
from sqlalchemy.dialects import postgresql, sqlite

from store.engine.columns import Id, metadata
from store.engine.in_query import Several
from store.engine.transaction import Transaction

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
    """One budget as a transaction knows it."""

    hour: int = FULL
    day: int = FULL
    told: int = 0
    words: int = 0
    times: int = 0


def key(*parts: object) -> int:
    """Whom and what a budget is for, as the id of its row: 63 bits, spread evenly."""
    digest = hashlib.blake2b("\n".join(map(str, parts)).encode("utf-8", "replace"), digest_size=8)
    return int.from_bytes(digest.digest()) >> 1


_NAMES = ("hour", "day", "told", "words", "times")
_READ = Several(select(budget.c.id, *[budget.c[name] for name in _NAMES]), budget.c.id)


def read(tx: Transaction, keys: Sequence[int]) -> list[Budget]:
    """The budgets of these keys; each is looked up once a transaction, so that many may be asked for in advance."""
    known: dict[int, Budget] = tx.once("budgets", dict)
    if unknown := [one for one in keys if one not in known]:
        known |= {row[0]: Budget(*row[1:]) for row in _READ.rows(tx, unknown, of=())}
    return [known.setdefault(one, Budget()) for one in keys]


def write(tx: Transaction, the_id: int, known: Budget, *, now: int, hour: int = 0, day: int = 0) -> None:
    """Draw so many milliseconds from both buckets, and keep how it was told and answered."""
    known.hour, known.day = max(known.hour, now) + hour, max(known.day, now) + day
    answers = {"told": known.told, "words": known.words, "times": known.times}
    tx.add(budget, id=the_id, at=now, hour=now + hour, day=now + day, **answers)


def once_a_day(tx: Transaction, the_id: int, *, now: int) -> bool:
    """Is this the first time within a day? From now on it is not."""
    (known,) = read(tx, [the_id])
    if known.day > now:
        return False
    write(tx, the_id, known, now=now, day=DAY)
    return True


def millis(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def _merged(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row a key, what was drawn added up; in one order, so that two processes never wait for each other."""
    merged: dict[int, dict[str, Any]] = {}
    for row in rows:
        if before := merged.get(row["id"]):
            drawn = {name: before[name] + row[name] - row["at"] for name in ("hour", "day")}
            merged[row["id"]] = {**row, **drawn, "at": before["at"]}
        else:
            merged[row["id"]] = row
    return [merged[the_id] for the_id in sorted(merged)]


def _upsert(dialect: str) -> Insert:
    """Draws from what there is by then, whoever else has drawn from it since it was read."""
    made = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(budget)
    new = made.excluded
    drawn = {
        name: when((budget.c[name] > new.at, budget.c[name]), else_=new.at) + new[name] - new.at
        for name in ("hour", "day")
    }
    kept = {name: new[name] for name in ("at", "told", "words", "times")}
    return made.on_conflict_do_update(index_elements=[budget.c.id], set_={**drawn, **kept})


budget.info["merged"] = _merged
budget.info["insert"] = _upsert

_FORGET = delete(budget).where(
    budget.c.id.between(bindparam("first"), bindparam("last")),
    budget.c.hour < bindparam("now"), budget.c.day < bindparam("now"), budget.c.at < bindparam("since"),
)  # fmt: skip
SLICES = 1024
"""Parts in which the table is looked through: its keys are spread evenly, so that none is large."""


def forget(tx: Transaction, part: int, *, now: int, since: int) -> int:
    """Drop what is full again, and was not used ``since``, in one of ``SLICES`` parts of the table; how many."""
    step = (1 << 63) // SLICES
    first = part % SLICES * step
    return tx.run(_FORGET, {"first": first, "last": first + step - 1, "now": now, "since": since})
