"""Lists of cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, literal_column, or_, select, true

from store.cases.case import ACTIVE, COLUMNS, Case, case
from store.engine.keyset import older
from store.engine.transaction import InQuery, Transaction
from store.people.account import account
from store.people.names import first_address
from store.people.person import person


class ListedCase(NamedTuple):
    """A case, and the names of those it is about."""

    case: Case
    requester: str
    owner: str | None
    requester_address: str
    account: str | None


class RelatedCase(NamedTuple):
    """An open case that another may be merged with."""

    id: int
    subject: str
    ids: str
    requester_id: int
    requester: str
    requester_address: str


class FoundCase(NamedTuple):
    """What a case that a search found is narrowed and sorted by."""

    id: int
    priority: str
    state: str
    type: str
    owner_id: int | None
    account_id: int | None
    updated_at: datetime


_FOUND = InQuery(select(*(case.c[name] for name in FoundCase._fields)), case.c.id)


def numbered(tx: Transaction, numbers: Sequence[int]) -> list[FoundCase]:
    """The cases of these numbers, in no order."""
    return [FoundCase(*row) for row in _FOUND.rows(tx, numbers)] if numbers else []


def in_order(tx: Transaction, numbers: Sequence[int]) -> list[ListedCase]:
    """The cases of these numbers in this order."""
    rows = {row.case.id: row for row in cases(tx, numbers=numbers, limit=len(numbers))} if numbers else {}
    return [rows[number] for number in numbers if number in rows]


def cases(
    tx: Transaction,
    *,
    state: str = "",
    held: bool = False,
    numbers: Sequence[int] | None = None,
    states: Sequence[str] = (),
    limit: int = 50,
    after: int | None = None,
) -> list[ListedCase]:
    """Cases for a list, last changed first; those behind the one ``after``.

    Raises ``UnknownRow`` if there is no such one.
    """
    asker, owner = person.alias("asker"), person.alias("owner")
    statement = (
        select(
            *COLUMNS,
            asker.c.name.label("requester"),
            owner.c.name.label("owner"),
            first_address(case.c.requester_id).label("requester_address"),
            account.c.name.label("account"),
        )
        .join_from(case, asker, case.c.requester_id == asker.c.id)
        .join(owner, case.c.owner_id == owner.c.id, isouter=True)
        .join(account, case.c.account_id == account.c.id, isouter=True)
    )
    if state:
        statement = statement.where(case.c.state == state)
    if held:  # as the index of held cases says it: SQLite does not see that ``held = 1`` means the same
        statement = statement.where(literal_column("support_case.held"))
    if numbers is not None:
        statement = statement.where(case.c.id.in_(numbers))
    if states:
        statement = statement.where(case.c.state.in_(states), ~case.c.held)
    # held cases are few, and sorted: by the index of all changes, SQLite would look through every case for them
    changed = func.coalesce(case.c.updated_at, case.c.opened_at) if held else case.c.updated_at
    if after is not None:
        statement = statement.where(older(tx, case.c.updated_at, case.c.id, after, by=changed))
    rows = tx.rows(statement.order_by(changed.desc(), case.c.id.desc()).limit(limit))
    return [ListedCase(Case(*row[: len(COLUMNS)]), *row[len(COLUMNS) :]) for row in rows]


def related(tx: Transaction, to: Case, limit: int = 300) -> list[RelatedCase]:
    """Open cases of the same requester or account that may be merged with this one, last changed first."""
    own_account = (
        (case.c.account_id == to.account_id) if to.account_id else (case.c.requester_id == to.requester_id)
    )
    mine = or_(case.c.requester_id == to.requester_id, own_account)
    fits = or_(case.c.account_id.is_(None), case.c.account_id == to.account_id) if to.account_id else true()
    address = first_address(case.c.requester_id).label("requester_address")
    columns = (case.c.id, case.c.subject, case.c.ids, case.c.requester_id)
    statement = (
        select(*columns, person.c.name.label("requester"), address)
        .join_from(case, person, case.c.requester_id == person.c.id)
        .where(mine, fits, case.c.id != to.id, ACTIVE)
        .where(~case.c.held, case.c.merged_id.is_(None))
    )
    rows = tx.rows(statement.order_by(case.c.updated_at.desc(), case.c.id.desc()).limit(limit))
    return [RelatedCase(*row) for row in rows]


def open_numbers(
    tx: Transaction,
    *,
    types: Sequence[str] = (),
    accounts: Sequence[int] = (),
    ids: Sequence[str] = (),
    states: Sequence[str] = (),
) -> list[int]:
    """Numbers of the open cases that fit all filters; an empty one fits all. Held ones never do."""
    statement = select(case.c.id, case.c.ids).where(case.c.state.in_(states or ("new", "open", "waiting")))
    statement = statement.where(~case.c.held, case.c.merged_id.is_(None))
    if types:
        statement = statement.where(case.c.type.in_(types))
    if accounts:
        statement = statement.where(case.c.account_id.in_(accounts))
    wanted = {name.casefold() for name in ids}
    rows = tx.rows(statement.order_by(case.c.id))
    return [row.id for row in rows if not wanted or wanted & {*_names(row.ids)}]


def _names(ids: str) -> Iterator[str]:
    """The IDs of a case, whole and by their last word: ``Order number 4711`` and ``4711``."""
    for name in ids.casefold().splitlines():
        yield from (name, name.rpartition(" ")[2])
