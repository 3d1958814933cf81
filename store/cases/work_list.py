"""Lists of work: cases narrowed, ranked, counted and cut into pages by the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select, union_all
from sqlalchemy import case as either

from store.cases.case import ACTIVE, SPAM, case
from store.cases.concern import cases_untaken
from store.cases.entry import cases_unverified
from store.cases.priority_request import cases_undecided
from store.engine.columns import constants
from store.engine.transaction import Transaction
from store.people.account import account

OVER = ("resolved", "closed")
Ranks = Mapping[str, Mapping[str, int]]
"""A priority's rank by service level, the lowest first; that of ``""`` is for levels which are not in it."""


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What a case must be to stand in a list of work."""

    states: tuple[str, ...] = ()
    """One of these; empty: any, for cases with a concern or a decision, else any that is not over."""
    snoozed: bool = False
    concerns: bool = False
    """A concern on it waits to be taken; so it may be held, or snoozed."""
    decisions: bool = False
    """It is held, or a request or a message on it waits for a decision; it may be snoozed."""
    owner: int | None = None
    unassigned: bool = False
    type: str = ""
    priority: str = ""
    accounts: Sequence[int] | None = None
    due_before: datetime | None = None


_ANSWER = either((case.c.answered_at.is_(None), case.c.first_due_at), else_=case.c.next_due_at)
_SOONER = either(
    (_ANSWER.is_(None), case.c.resolve_due_at),
    (case.c.resolve_due_at < _ANSWER, case.c.resolve_due_at),
    else_=_ANSWER,
)
_RUNS = case.c.state.in_(constants("new", "open"))
DUE: ColumnElement[datetime] = either((_RUNS, _SOONER))
"""When the answer or the solution is due that is due next; NULL: nothing is, or it is not the desk's turn."""


def page(
    tx: Transaction, which: WorkFilter, *, ranks: Ranks, most: int, after: int = 0
) -> tuple[list[int], int]:
    """The numbers of the cases on a page that begins after so many, and how many cases there are in all.

    By their rank (all alike without ``ranks``), then by what is due next, then by their number.
    """
    conditions = _conditions(which)
    listed = select(case.c.id).where(*conditions)
    if ranks:
        listed = listed.join(account, case.c.account_id == account.c.id, isouter=True).order_by(_rank(ranks))
    listed = listed.order_by(DUE.nulls_last(), case.c.id).limit(most).offset(after)
    numbers = [row[0] for row in tx.rows(listed)]
    if not after and len(numbers) < most:
        return numbers, len(numbers)
    return numbers, int(tx.value(select(func.count()).select_from(case).where(*conditions)))


def _conditions(which: WorkFilter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if which.concerns:
        wanted.append(case.c.id.in_(cases_untaken()))
    if which.decisions:
        wanted.append(case.c.id.in_(_undecided()))
    if wanted:
        wanted.append(case.c.close_reason != SPAM)
    else:
        away = case.c.snoozed_until.is_not(None) if which.snoozed else case.c.snoozed_until.is_(None)
        wanted += [ACTIVE, ~case.c.held, away]
    if which.states:
        wanted.append(case.c.state.in_(which.states))
    if which.owner is not None:
        wanted.append(case.c.owner_id == which.owner)
    if which.unassigned:
        wanted.append(case.c.owner_id.is_(None))
    if which.type:
        wanted.append(case.c.type == which.type)
    if which.priority:
        wanted.append(case.c.priority == which.priority)
    if which.accounts is not None:
        wanted.append(case.c.account_id.in_(which.accounts))
    if which.due_before is not None:
        wanted.append(DUE.op("<")(which.due_before))
    return wanted


def _undecided() -> Any:
    """A subselect: numbers of cases that wait for a decision of the desk's.

    Who is held is asked as its index says it: SQLite does not see that ``held = 1`` means the same.
    """
    held = case.alias("held_one")
    asked = case.alias("asked_one")
    wished = select(asked.c.id).where(asked.c.id.in_(cases_undecided()), asked.c.state.not_in(OVER))
    return union_all(select(held.c.id).where(literal_column("held_one.held")), wished, cases_unverified())


def _rank(ranks: Ranks) -> ColumnElement[int]:
    """The rank of a case; a priority that is not in ``ranks`` comes last."""
    last = 1 + max(rank for by_level in ranks.values() for rank in by_level.values())
    of_priority = {priority: _of_level(by_level) for priority, by_level in ranks.items()}
    return either(of_priority, value=case.c.priority, else_=last)


def _of_level(by_level: Mapping[str, int]) -> Any:
    usual = by_level[""]
    others = {level: rank for level, rank in by_level.items() if rank != usual}
    return either(others, value=account.c.service_level, else_=usual) if others else usual
