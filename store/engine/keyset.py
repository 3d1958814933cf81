"""Keyset paging: the rows after a given one, found by the index of their order."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, and_, or_, select

from store.engine.transaction import Transaction


class UnknownRow(LookupError):
    """There is no row of the given id, after which a list could go on."""


def value_of(tx: Transaction, column: Column[Any], number: Column[Any], of: int) -> Any:
    """What a row is sorted by. Raises ``UnknownRow``."""
    row = tx.row(select(column).where(number == of)) if 0 < of < 1 << 63 else None
    if row is None:
        raise UnknownRow(of)
    return row[0]


def older(
    tx: Transaction,
    moment: Column[Any],
    number: Column[Any],
    than: int,
    *,
    by: ColumnElement[Any] | None = None,
) -> ColumnElement[bool]:
    """What comes after the row ``than`` where the newest is first, and of one moment the highest number.

    ``by``: how the list says ``moment``, if not by its column. Said as one bound with a finer one within it, for an
    index is read from the bound on. Raises ``UnknownRow``.
    """
    at, sorted_by = value_of(tx, moment, number, than), moment if by is None else by
    return and_(sorted_by <= at, or_(sorted_by < at, number < than))
