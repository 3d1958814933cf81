"""Lists of cases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, union_all

from store.cases.case import COLUMNS, SPAM, case
from store.cases.concern import cases_untaken
from store.cases.entry import cases_unverified
from store.cases.priority_request import cases_undecided
from store.engine.transaction import Transaction
from store.people.account import account
from store.people.names import first_address
from store.people.person import person

OVER = ("resolved", "closed")


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """Which cases are chosen: all of these must be true of one."""

    states: Sequence[str] = ()
    owner: int | None = None
    unowned: bool = False
    concerned: bool = False
    """With a concern that nobody has taken, in any state, except spam."""
    undecided: bool = False
    """Held, or with a request or a message of which nobody has decided yet."""
    type: str = ""
    priority: str = ""
    accounts: Collection[int] | None = None
    numbers: Sequence[int] | None = None


class ActiveCase(NamedTuple):
    """What a case is ranked by in the queue."""

    id: int
    priority: str
    service_level: str | None
    state: str
    answered_at: datetime | None
    first_due_at: datetime | None
    next_due_at: datetime | None
    resolve_due_at: datetime | None


def ranked(tx: Transaction, choice: CaseChoice) -> list[ActiveCase]:
    """The chosen cases, all of them, in no order."""
    columns = [case.c[name] for name in ActiveCase._fields if name != "service_level"]
    columns.insert(2, account.c.service_level)
    joined = select(*columns).join_from(case, account, case.c.account_id == account.c.id, isouter=True)
    return [ActiveCase(*row) for row in tx.rows(joined.where(*_conditions(choice)))]


def newest(tx: Transaction, choice: CaseChoice, *, most: int, after: int) -> tuple[list[int], int]:
    """Numbers of the chosen cases on one page, last changed first; and how many there are in all."""
    conditions = _conditions(choice)
    numbers = select(case.c.id).where(*conditions).order_by(case.c.updated_at.desc(), case.c.id.desc())
    rows = tx.rows(numbers.limit(most).offset(after))
    count = tx.value(select(func.count()).select_from(case).where(*conditions))
    return [row[0] for row in rows], int(count)


def _conditions(choice: CaseChoice) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool] | None] = [
        case.c.state.in_(choice.states) if choice.states else None,
        ~case.c.held if choice.states and not choice.undecided else None,
        case.c.owner_id == choice.owner if choice.owner is not None else None,
        case.c.owner_id.is_(None) if choice.unowned else None,
        case.c.id.in_(cases_untaken()) if choice.concerned else None,
        case.c.id.in_(_undecided()) if choice.undecided else None,
        case.c.close_reason != SPAM if choice.concerned or choice.undecided else None,
        case.c.type == choice.type if choice.type else None,
        case.c.priority == choice.priority if choice.priority else None,
        case.c.account_id.in_(choice.accounts) if choice.accounts is not None else None,
        case.c.id.in_(choice.numbers) if choice.numbers is not None else None,
    ]
    return [condition for condition in conditions if condition is not None]


def _undecided() -> Any:
    """A subselect: numbers of cases that wait for a decision of the desk's."""
    held = case.alias("held_one")
    asked = case.alias("asked_one")
    wished = select(asked.c.id).where(asked.c.id.in_(cases_undecided()), asked.c.state.not_in(OVER))
    return union_all(select(held.c.id).where(held.c.held), wished, cases_unverified())


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
