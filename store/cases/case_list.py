"""Lists of cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import or_, select, true

from store.cases.case import COLUMNS, SPAM, Case, case
from store.cases.concern import cases_untaken
from store.engine.transaction import Transaction
from store.people.account import account
from store.people.names import first_address
from store.people.person import person


def cases(
    tx: Transaction,
    *,
    state: str = "",
    states: Sequence[str] = (),
    held: bool = False,
    numbers: Sequence[int] | None = None,
    concerned: bool = False,
    snoozed: bool | None = None,
    limit: int = 50,
) -> Sequence[Any]:
    """Cases for a list, last changed first.

    Rows of the case's columns, ``requester`` and ``owner`` names, and the ``service_level`` of its account.

    ``concerned``: those with a concern that nobody has taken, in any state, except spam.
    """
    asker, owner = person.alias("asker"), person.alias("owner")
    statement = (
        select(
            *COLUMNS,
            asker.c.name.label("requester"),
            owner.c.name.label("owner"),
            first_address(case.c.requester_id).label("requester_address"),
            account.c.service_level,
        )
        .join_from(case, asker, case.c.requester_id == asker.c.id)
        .join(owner, case.c.owner_id == owner.c.id, isouter=True)
        .join(account, case.c.account_id == account.c.id, isouter=True)
    )
    if state:
        statement = statement.where(case.c.state == state)
    if states:
        statement = statement.where(case.c.state.in_(states), ~case.c.held)
    if held:
        statement = statement.where(case.c.held)
    if numbers is not None:
        statement = statement.where(case.c.id.in_(numbers))
    if snoozed is not None:
        statement = statement.where(
            case.c.snoozed_until.is_not(None) if snoozed else case.c.snoozed_until.is_(None)
        )
    if concerned:
        statement = statement.where(case.c.id.in_(cases_untaken()), case.c.close_reason != SPAM)
    return tx.rows(statement.order_by(case.c.updated_at.desc(), case.c.id.desc()).limit(limit))


def related(tx: Transaction, to: Case, limit: int = 300) -> Sequence[Any]:
    """Open cases of the same requester or account that may be merged with this one, last changed first.

    Rows of ``id, subject, ids, requester_id, requester, requester_address``.
    """
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
        .where(mine, fits, case.c.id != to.id, case.c.state.in_(("new", "open", "waiting")))
        .where(~case.c.held, case.c.merged_id.is_(None))
    )
    return tx.rows(statement.order_by(case.c.updated_at.desc(), case.c.id.desc()).limit(limit))


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
    """The IDs of a case, whole and by their last word: ``Deal ID 12333`` and ``12333``."""
    for name in ids.casefold().splitlines():
        yield from (name, name.rpartition(" ")[2])


def in_work(tx: Transaction) -> Sequence[Any]:
    """The cases that the desk has to work on now: rows as ``cases`` has them."""
    return cases(tx, states=("new", "open"), snoozed=False, limit=5000)


def snoozed(tx: Transaction) -> Sequence[Any]:
    """The cases that were put away until later: rows as ``cases`` has them."""
    return cases(tx, snoozed=True, limit=5000)


def with_concerns(tx: Transaction) -> Sequence[Any]:
    """The cases with a concern that nobody has taken: rows as ``cases`` has them."""
    return cases(tx, concerned=True, limit=5000)
