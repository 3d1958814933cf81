"""The report's rows: which cases a period touched, what happened to them, and what waits now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy import case as either
from sqlalchemy.types import NullType

from store.cases.case import ACTIVE, SPAM, case, event
from store.cases.survey import survey
from store.engine.columns import StoredMoment, constants, stored
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
Index("ix_event_name_at_case", event.c.name, event.c.at, event.c.case_id)

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


NUMBER: Final = 0
OPENED_AT: Final = 1
ANSWERED_AT: Final = 2
RESOLVE_DUE_AT: Final = 4
PRIORITY: Final = 5
TYPE: Final = 6
CATEGORY: Final = 7
ACCOUNT: Final = 8
OWNER: Final = 9
SUBJECT: Final = 10
"""Where each stands in a case, which stays the plain tuple that the driver gives (decision 180)."""


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

    id: int
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


AT_ONCE, APART = 1000, 16
"""Numbers of a part, and how many of them in a row may be untouched: those are read in vain."""


class ReportPart(NamedTuple):
    """Some of the cases that a period touched, by number; all moments as stored, without spam."""

    cases: Sequence[TouchedCase]
    events: Sequence[ReportEvent]
    """Case by case and oldest first; also of cases between these, that the period did not touch."""
    surveys: Sequence[InvitedSurvey]
    """In no order; also of such cases, and of spam."""


def parts(tx: Transaction, span: ReportFilter) -> Iterator[ReportPart]:
    """All that a period touched, part by part: of any number of cases, few are in memory."""
    conditions = _scope(span)
    cases = _between(case.c.id, row=TouchedCase).where(*conditions).order_by(case.c.id)
    events = (  # the range is said of the case, too: else a plan reads all of them
        _between(event.c.case_id, case.c.id, row=ReportEvent)
        .join_from(event, case, event.c.case_id == case.c.id)
        .where(*conditions, or_(event.c.name.in_(constants(*HISTORY)), event.c.at == case.c.answered_at))
        .order_by(event.c.case_id, event.c.at, event.c.id)
    )
    surveys = _between(survey.c.case_id, row=InvitedSurvey)
    touched = _touched(tx, span)
    for first, last in _runs(touched):
        values = {"first": first, "last": last}
        rows = _rows(tx, cases, values)
        if touched.find(0, first, last) >= 0:
            rows = [row for row in rows if touched[row[0]]]
        yield ReportPart(rows, _rows(tx, events, values), _rows(tx, surveys, values))


def _rows(tx: Transaction, statement: Select[Any], values: Mapping[str, int]) -> list[Any]:
    return list(chain.from_iterable(tx.stream(statement, values)))


def _between(*numbers: Column[Any], row: type[NamedTuple]) -> Select[Any]:
    """Rows of the first one's table, of the cases between two numbers."""
    columns = (_raw(numbers[0].table.c[name]) for name in row._fields)
    return select(*columns).where(*(of.between(bindparam("first"), bindparam("last")) for of in numbers))


def _touched(tx: Transaction, span: ReportFilter) -> bytearray:
    """A byte for each number that was ever given out: 1 if the period touched that case.

    New cases are numbered as they come. So those that were opened in the period are all there are between the first
    and the last of them, as a rule, and need not be named one by one, nor what happened to them.
    """
    touched = bytearray(int(tx.value(select(func.max(case.c.id))) or 0) + 1)
    opened, others = _touching(span)
    of = opened.subquery()
    first, last, count = tx.row(select(func.min(of.c.id), func.max(of.c.id), func.count()))
    between = select(func.count()).where(case.c.id.between(first, last))
    if count and tx.value(between) == count:
        touched[first : last + 1] = b"\1" * (last + 1 - first)
        wanted = [other.where(~other.selected_columns[0].between(first, last)) for other in others]
    else:
        wanted = [opened, *others]
    for statement in wanted:
        for rows in tx.stream(statement):
            for (number,) in rows:
                touched[number] = 1
    return touched


def _runs(touched: bytearray) -> Iterator[tuple[int, int]]:
    """The first and the last number of each part, whose cases lie close together."""
    gap = bytes(APART)
    first = touched.find(1)
    while first >= 0:
        end = touched.find(gap, first, first + AT_ONCE)
        last = touched.rfind(1, first, first + AT_ONCE if end < 0 else end)
        yield first, last
        first = touched.find(1, last + 1)


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
    statement = _of_scope(joined, span).where(
        ACTIVE, case.c.state.in_(constants("new", "open")), ~case.c.held
    )
    rows = tx.rows(statement.order_by(case.c.opened_at, case.c.id).limit(most))
    return [LongestWaiting(*row) for row in rows]


def accounts(tx: Transaction) -> list[str]:
    """The names of all accounts."""
    return [str(row[0]) for row in tx.rows(select(account.c.name).order_by(account.c.name))]


def _touching(span: ReportFilter) -> tuple[Select[tuple[int]], Sequence[Select[tuple[int]]]]:
    """What finds the cases that were opened, and all other touched cases, each by an index on its time."""
    names = constants(*_TOUCHES)
    return select(case.c.id).where(_within(case.c.opened_at, span)), (
        select(case.c.id).where(_within(case.c.answered_at, span)),
        *(select(event.c.case_id).where(event.c.name == name, _within(event.c.at, span)) for name in names),
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
