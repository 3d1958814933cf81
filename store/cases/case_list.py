"""Lists of cases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, literal_column, select, union_all

from store.cases.case import COLUMNS, SPAM, case
from store.cases.concern import cases_untaken
from store.cases.entry import cases_unverified
from store.cases.priority_request import cases_undecided
from store.engine.transaction import InQuery, Transaction
from store.people.account import account
from store.people.names import first_address
from store.people.person import person

OVER = ("resolved", "closed")


class RankedCase(NamedTuple):
    """What a case is chosen and ranked by."""

    id: int
    priority: str
    service_level: str | None
    state: str
    type: str
    owner_id: int | None
    account_id: int | None
    answered_at: datetime | None
    first_due_at: datetime | None
    next_due_at: datetime | None
    resolve_due_at: datetime | None
    updated_at: datetime


_COLUMNS = [
    account.c.service_level if name == "service_level" else case.c[name] for name in RankedCase._fields
]
_RANKED = select(*_COLUMNS).join_from(case, account, case.c.account_id == account.c.id, isouter=True)


def active(tx: Transaction, states: Sequence[str]) -> list[RankedCase]:
    """All cases in these states, in no order, without those that are held.

    What narrows them further is not asked here: an index of owners or accounts would lead to all closed cases.
    """
    return _ranked(tx, _RANKED.where(case.c.state.in_(states), ~case.c.held))


def concerned(tx: Transaction) -> list[RankedCase]:
    """All cases with a concern that nobody has taken, in any state, except spam."""
    return _ranked(tx, _RANKED.where(case.c.id.in_(cases_untaken()), case.c.close_reason != SPAM))


def undecided(tx: Transaction) -> list[RankedCase]:
    """All cases that are held, or with a request or a message of which nobody has decided, except spam."""
    return _ranked(tx, _RANKED.where(case.c.id.in_(_undecided()), case.c.close_reason != SPAM))


_OF_NUMBERS = InQuery(_RANKED, case.c.id)


def numbered(tx: Transaction, numbers: Sequence[int]) -> list[RankedCase]:
    """The cases of these numbers, in no order."""
    return [RankedCase(*row) for row in _OF_NUMBERS.rows(tx, numbers)] if numbers else []


def _ranked(tx: Transaction, statement: Select[Any]) -> list[RankedCase]:
    return [RankedCase(*row) for row in tx.rows(statement)]


def _undecided() -> Any:
    """A subselect: numbers of cases that wait for a decision of the desk's.

    Who is held is asked as its index says it: SQLite does not see that ``held = 1`` means the same.
    """
    held = case.alias("held_one")
    asked = case.alias("asked_one")
    wished = select(asked.c.id).where(asked.c.id.in_(cases_undecided()), asked.c.state.not_in(OVER))
    return union_all(select(held.c.id).where(literal_column("held_one.held")), wished, cases_unverified())


def in_order(tx: Transaction, numbers: Sequence[int]) -> list[Any]:
    """The cases of these numbers in this order: rows as ``cases`` has them."""
    rows = {row.id: row for row in cases(tx, numbers=numbers, limit=len(numbers))} if numbers else {}
    return [rows[number] for number in numbers if number in rows]


def cases(
    tx: Transaction,
    *,
    state: str = "",
    held: bool = False,
    numbers: Sequence[int] | None = None,
    limit: int = 50,
) -> Sequence[Any]:
    """Cases for a list, last changed first.

    Rows of the case's columns, and the names of ``requester``, ``owner`` and ``account``.
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
    if held:
        statement = statement.where(case.c.held)
    if numbers is not None:
        statement = statement.where(case.c.id.in_(numbers))
    return tx.rows(statement.order_by(case.c.updated_at.desc(), case.c.id.desc()).limit(limit))
