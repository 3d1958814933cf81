"""The report's rows: which cases a period touched, what happened to them, and what waits now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Index,
    Select,
    and_,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
    union,
)
from sqlalchemy import case as either
from sqlalchemy.types import NullType

from store.cases.case import ACTIVE, SPAM, case, event
from store.cases.survey import survey
from store.engine.columns import StoredMoment, stored
from store.engine.transaction import InQuery, Transaction
from store.people.account import account
from store.people.person import person

Index("ix_support_case_opened_at", case.c.opened_at)
Index(
    "ix_support_case_answered_at",
    case.c.answered_at,
    sqlite_where=case.c.answered_at.is_not(None),
    postgresql_where=case.c.answered_at.is_not(None),
)
Index("ix_event_name_at", event.c.name, event.c.at)

BREACHES = ("reply overdue", "solution overdue")
"""Events that say that a target was missed."""
SHOWN, NOTHING_FITTED = "articles suggested", "no article suggested"
"""Events that say what a requester was shown when their case was opened."""
HISTORY = (
    "opened",
    "closed",
    "reopened",
    "merged",
    "unmerged",
    "concern raised",
    *BREACHES,
    SHOWN,
    NOTHING_FITTED,
)
"""The events that are counted, or say what others mean."""
_TOUCHES = ("closed", "reopened", "merged", "concern raised", "survey sent", "survey answered", *BREACHES)


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """The scope of a report: a period (UTC, end excluded), perhaps one account or mailbox."""

    since: datetime
    until: datetime
    account: str = ""
    mailbox: str = ""


class TouchedCase(NamedTuple):
    """A case opened or first answered in the period, or with a counted event in it; moments as stored."""

    id: int
    opened_at: StoredMoment
    answered_at: StoredMoment | None
    first_due_at: StoredMoment | None
    resolve_due_at: StoredMoment | None
    priority: str
    type: str
    category: str
    account_id: int | None
    owner_id: int | None
    subject: str


class ReportEvent(NamedTuple):
    """One event of ``HISTORY``, or one at the moment of the first answer."""

    case_id: int
    at: StoredMoment
    name: str
    detail: str
    """JSON."""
    person_id: int | None


class ReportAccount(NamedTuple):
    """What the report says of an account."""

    name: str
    level: str


class InvitedSurvey(NamedTuple):
    """One invitation to a survey; moments as stored."""

    case_id: int
    invited_at: StoredMoment
    answered_at: StoredMoment | None
    rating: int | None
    comment: str


class WaitingCases(NamedTuple):
    """How many cases that are not over are in one state and of one age."""

    state: str
    held: bool
    age: int
    """Of the ages that were asked for, which."""
    number: int


class LongestWaiting(NamedTuple):
    """One of the cases that wait longest for the desk."""

    id: int
    subject: str
    priority: str
    opened_at: datetime
    owner: str


def touched(tx: Transaction, span: ReportFilter) -> Iterator[TouchedCase]:
    """The cases that a period touched, by number, as they are read; without spam."""
    columns = [_raw(case.c[name]) for name in TouchedCase._fields]
    statement = select(*columns).where(case.c.id.in_(_ids(span)), *_scope(span)).order_by(case.c.id)
    return tx.stream(statement)


def history(tx: Transaction, span: ReportFilter) -> Iterator[ReportEvent]:
    """All events of these cases, case by case and oldest first, as they are read."""
    statement = (
        select(*(_raw(event.c[name]) for name in ReportEvent._fields))
        .join_from(event, case, event.c.case_id == case.c.id)
        .where(case.c.id.in_(_ids(span)), *_scope(span))
        .where(or_(event.c.name.in_(HISTORY), event.c.at == case.c.answered_at))
        .order_by(event.c.case_id, event.c.at, event.c.id)
    )
    return tx.stream(statement)


def _raw(column: Column[Any]) -> ColumnElement[Any]:
    """A column whose values come as the driver has them."""
    return type_coerce(column, NullType()).label(column.name)


def moments(tx: Transaction, of: Sequence[datetime]) -> list[StoredMoment]:
    """Moments as they are stored."""
    sqlite = tx.connection.dialect.name == "sqlite"
    return [stored(moment, sqlite=sqlite) for moment in of]


def accounts_by_id(tx: Transaction) -> dict[int, ReportAccount]:
    """All accounts."""
    rows = tx.rows(select(account.c.id, account.c.name, account.c.service_level))
    return {row[0]: ReportAccount(row[1], row[2]) for row in rows}


def staff_names(tx: Transaction) -> dict[int, str]:
    """The names of those whose words are an answer of the desk."""
    of_desk = (person.c.role != literal_column("'contact'"), person.c.role.not_in(("", "clock")))
    rows = tx.rows(select(person.c.id, person.c.name).where(*of_desk))
    return {row[0]: row[1] for row in rows}


_NAMES = InQuery(select(person.c.id, person.c.name), person.c.id)


def names(tx: Transaction, persons: Sequence[int]) -> dict[int, str]:
    """The names of these persons."""
    return {row[0]: row[1] for row in _NAMES.rows(tx, persons)} if persons else {}


def surveys(tx: Transaction, span: ReportFilter) -> Iterator[InvitedSurvey]:
    """The invitations sent or answered in the period, oldest first, as they are read."""
    statement = (
        select(*(_raw(survey.c[name]) for name in InvitedSurvey._fields))
        .join_from(survey, case, survey.c.case_id == case.c.id)
        .where(case.c.id.in_(_ids(span)), *_scope(span))
        .where(or_(_within(survey.c.invited_at, span), _within(survey.c.answered_at, span)))
        .order_by(survey.c.invited_at, survey.c.id)
    )
    return tx.stream(statement)


def waiting(tx: Transaction, span: ReportFilter, *, opened_after: Sequence[datetime]) -> list[WaitingCases]:
    """All cases that are not over now, counted by state and age, whatever the period.

    ``opened_after``: the first age is of those that were opened after the first of these moments, and so on; the
    last is of all others.
    """
    steps: list[Any] = [
        (case.c.opened_at > moment, literal_column(str(n))) for n, moment in enumerate(opened_after)
    ]
    age = either(*steps, else_=literal_column(str(len(steps))))
    columns = (case.c.state, case.c.held, age.label("age"))
    counted = _of_scope(select(*columns, func.count()), span).where(ACTIVE).group_by(*columns)
    return [WaitingCases(*row) for row in tx.rows(counted)]


def longest(tx: Transaction, span: ReportFilter, *, most: int) -> list[LongestWaiting]:
    """The cases that wait longest for the desk, oldest first; not those that wait for their customer."""
    chosen = select(case.c.id, case.c.subject, case.c.priority, case.c.opened_at, _or_empty(person.c.name))
    joined = chosen.join_from(case, person, case.c.owner_id == person.c.id, isouter=True)
    statement = _of_scope(joined, span).where(case.c.state.in_(("new", "open")), ~case.c.held)
    rows = tx.rows(statement.order_by(case.c.opened_at, case.c.id).limit(most))
    return [LongestWaiting(*row) for row in rows]


def accounts(tx: Transaction) -> list[str]:
    """The names of all accounts."""
    return [str(row[0]) for row in tx.rows(select(account.c.name).order_by(account.c.name))]


def _ids(span: ReportFilter) -> CompoundSelect[Any]:
    """The ids of touched cases; each branch uses an index on its time."""
    return union(
        select(case.c.id).where(_within(case.c.opened_at, span)),
        select(case.c.id).where(_within(case.c.answered_at, span)),
        select(event.c.case_id).where(event.c.name.in_(_TOUCHES), _within(event.c.at, span)),
    )


def _or_empty(column: ColumnElement[str]) -> ColumnElement[str]:
    """The column, or ``""`` where an outer join has no row."""
    return func.coalesce(column, "")


def _within(column: Any, span: ReportFilter) -> Any:
    return and_(column >= span.since, column < span.until)


def _of_scope(statement: Select[Any], span: ReportFilter) -> Select[Any]:
    return statement.where(*_scope(span)) if span.account or span.mailbox else statement


def _scope(span: ReportFilter) -> Sequence[Any]:
    wanted = [case.c.close_reason != SPAM]
    if span.mailbox:
        wanted.append(case.c.mailbox == span.mailbox)
    if span.account:
        named = select(account.c.id).where(account.c.name == span.account).scalar_subquery()
        wanted.append(case.c.account_id == named)
    return wanted
