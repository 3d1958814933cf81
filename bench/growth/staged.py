"""Rows of a block as a store copies them by itself: each value as it is in block 0, and what a block adds to it.

All that differs between two copies of a row goes up by the same step from block to block: counted ids, ids that are
moments, moments, and the block's number within names. So a store needs the rows once, and makes millions of them by
itself: nothing is made by Python, or sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Column, Table

from bench.growth.template import MARK

SPAN = timedelta(days=730)
DOMAIN = "acme.example"
"""Of the customers, whose organisation each block has one of."""
IDENTIFIERS = frozenset(("key", "value", "message_id", "address", "domain"))
"""Columns of words that name one thing, so that no two copies may have the same."""
HERE = "\x01"
"""Where a block's number belongs in a text; no store has a control character in one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many blocks of how many cases there are to be, spread over ``SPAN`` until now."""

    blocks: int
    cases: int
    """Of each block."""
    now: datetime

    @property
    def step(self) -> timedelta:
        """The time from a block to the next, in whole seconds."""
        return timedelta(seconds=SPAN // timedelta(seconds=1) // self.blocks)

    def move(self, owner: int, opened: datetime) -> timedelta:
        """Whole seconds from a case to its copy in block 0; ``owner``: its place in the block, or less than 0."""
        begins = self.now - self.step * self.blocks
        at = begins + self.step * (max(owner, 0) / self.cases)
        return timedelta(seconds=(at - opened) // timedelta(seconds=1))


@dataclass(frozen=True)
class Staging:
    """A column: its values in block 0, and what each block adds to them."""

    column: Column[Any]
    values: Sequence[Any]
    steps: Sequence[int] = ()
    """Of numbers: each row's own."""
    step: timedelta | None = None
    """Of moments."""

    @cached_property
    def apart(self) -> bool:
        """Have its rows different steps?"""
        return (
            len({step for step, value in zip(self.steps, self.values, strict=False) if value is not None}) > 1
        )

    @cached_property
    def number(self) -> int:
        """The step of all its rows; 0 where nothing is added."""
        return max(
            (step for step, value in zip(self.steps, self.values, strict=False) if value is not None),
            default=0,
        )

    @cached_property
    def has_numbers(self) -> bool:
        """Has any of its texts the block's number in it?"""
        return any(isinstance(value, str) and HERE in value for value in self.values)


@dataclass(frozen=True)
class Staged:
    """A table's rows of one block."""

    table: Table
    columns: Sequence[Staging]

    def __getitem__(self, name: str) -> Staging:
        return next(each for each in self.columns if each.column.name == name)

    @property
    def names(self) -> list[str]:
        """The columns that ``rows`` have: the table's, then the steps of those whose rows have different ones."""
        return [each.column.name for each in self.columns] + [
            steps(each) for each in self.columns if each.apart
        ]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """By time, where ids say when: so the copies of a block lie in a store as they would have come."""
        key = self.columns[0]
        places = range(len(key.values))
        if isinstance(key.values[0], int):
            places = sorted(places, key=key.values.__getitem__)  # type: ignore[assignment]
        lists = [each.values for each in self.columns] + [each.steps for each in self.columns if each.apart]
        return [tuple(values[place] for values in lists) for place in places]


def steps(staging: Staging) -> str:
    """The name of the column with each row's step."""
    return f"{staging.column.name}__step"


def marked(column: Column[Any], value: Any) -> Any:
    """A value with ``HERE`` in it where a copy has its block's number."""
    if not isinstance(value, str) or not value:
        return value
    assert HERE not in value
    if DOMAIN in value or f"{MARK}-" in value:
        return value.replace(DOMAIN, DOMAIN.replace(".", f"{HERE}.", 1)).replace(f"{MARK}-", f"{MARK}{HERE}-")
    if column.name in IDENTIFIERS or (column.unique and not column.foreign_keys):
        local, at, domain = value.rpartition("@")
        return f"{local}.{HERE}@{domain}" if at else f"{value}.{HERE}"
    return value


def moment(value: str) -> datetime:
    """As SQLite has stored it."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC)
