"""Fills a fresh store with copies: it has the rows of one block, and makes all others by itself.

Indexes are made when all rows are there, and are the product's own: each is made again as the store says that it was.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Table

from bench.growth.copies import Copies, Row
from bench.growth.postgresql import Postgresql
from bench.growth.sqlite import Sqlite
from bench.growth.staged import Plan, Staged
from store import schema
from store.engine.database import Database

EVERY = 100
"""Blocks between two moves of the bar."""
WIDTH = 30


class Target(Protocol):
    """A store that copies itself."""

    def write(self, table: Table, rows: list[Row]) -> None:
        """Rows that are there once, as SQLite has them."""
        ...

    def stage(self, staged: Staged, plan: Plan) -> None:
        """Take the rows of a block, which are copied then."""
        ...

    def copy(self, number: int) -> None:
        """Write the n-th block of all that were staged."""
        ...

    def finish(self, say: Callable[[str], None]) -> None:
        """What a store that has grown by itself has: indexes, next numbers, statistics."""
        ...


def fill(url: str, copies: Copies, count: int, *, say: Callable[[str], None] = lambda line: None) -> int:
    """Make the store, and write blocks of copies until there are so many cases, or a few more; how many."""
    database = Database(url)
    schema.ensure(database)
    database.close()
    plan = Plan(-(-count // copies.cases), copies.cases, datetime.now(UTC))
    every, began = plan.blocks * plan.cases, time.monotonic()
    target = _target(url)
    for rows in copies.tables.values():
        target.write(rows.table, rows.of_desk())
    for staged in copies.staged(plan):
        target.stage(staged, plan)
    for number in range(plan.blocks):
        target.copy(number)
        done = number + 1
        if done % EVERY == 0:
            rate = done * plan.cases / (time.monotonic() - began)
            say(_bar(done / plan.blocks, f"{done * plan.cases:,} of {every:,} cases, {rate:,.0f}/s"))
    target.finish(lambda index: say(_bar(1, f"{every:,} cases, {time.monotonic() - began:,.0f} s: {index}")))
    return every


class Progress:
    """One line on the terminal's error stream, that is written over; nothing where there is none."""

    def __call__(self, line: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{line}")
            sys.stderr.flush()

    def over(self) -> None:
        """End the line."""
        if sys.stderr.isatty():
            sys.stderr.write("\n")


def _bar(share: float, words: str) -> str:
    done = round(share * WIDTH)
    return f"[{'#' * done}{'.' * (WIDTH - done)}] {words}"


def _target(url: str) -> Target:
    return Sqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else Postgresql(url)
