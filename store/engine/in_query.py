"""``WHERE key IN (…)`` padded to a fixed number of binds, so that its SQL is cached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam

from store.engine.transaction import Transaction

_SIZES = (1, 4, 16, 64)
"""Keys in a statement; where fewer are asked for, the last one is said again."""


class InQuery:
    """``statement`` with ``column IN (…)``, for any number of keys.

    The number of binds is one of a few fixed sizes, so that the SQL of each can be cached.
    """

    def __init__(self, statement: Select[Any], column: ColumnElement[Any]) -> None:
        self._of = {
            size: statement.where(column.in_([bindparam(f"one_of_{n}") for n in range(size)]))
            for size in _SIZES
        }

    def rows(
        self,
        tx: Transaction,
        keys: Sequence[Any],
        parameters: Mapping[str, Any] | None = None,
        *,
        of: Sequence[Table] | None = None,
    ) -> Iterator[Any]:
        """The rows of these keys in no order.

        ``parameters`` are the statement's others, ``of`` as for any read.
        """
        for start in range(0, len(keys), _SIZES[-1]):
            part = keys[start : start + _SIZES[-1]]
            size = next(size for size in _SIZES if size >= len(part))
            padded = [*part, *[part[-1]] * (size - len(part))]
            named = {f"one_of_{n}": key for n, key in enumerate(padded)}
            yield from tx.rows(self._of[size], {**(parameters or {}), **named}, of=of)
