"""The report's rows as they were read before they were streamed: all of a period at once, every moment a datetime."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, func, or_, select, union

from store.cases.case import SPAM, case, event
from store.cases.survey import survey
from store.engine.transaction import Transaction
from store.people.account import account
from store.people.person import person
from store.report import BREACHES, HISTORY, ReportFilter

_TOUCHES = ("closed", "reopened", "merged", "concern raised", "survey sent", "survey answered", *BREACHES)
_WAITING = ("new", "open", "waiting")


class TouchedCase(NamedTuple):
    """A case opened or first answered in the period, or with a counted event in it."""

    id: int
    opened_at: datetime
    answered_at: datetime | None
    first_due_at: datetime | None
    resolve_due_at: datetime | None
    close_reason: str
    priority: str
    type: str
    category: str
    account: str
    level: str
    owner_id: int | None
    owner: str
    subject: str


class ReportEvent(NamedTuple):
    """One event of ``HISTORY``, or one at the moment of the first answer."""

    case_id: int
    at: datetime
    name: str
    detail: str
    """JSON."""
    person_id: int | None
    person: str
    role: str


class InvitedSurvey(NamedTuple):
    """One invitation to a survey."""

    case_id: int
    invited_at: datetime
    answered_at: datetime | None
    rating: int | None
    comment: str


class WaitingCase(NamedTuple):
    """One case that is not over."""

    id: int
    state: str
    held: bool
    opened_at: datetime


def touched(tx: Transaction, span: ReportFilter) -> list[TouchedCase]:
    """The cases that a period touched, by number; without spam."""
    statement = (
        select(
            case.c.id, case.c.opened_at, case.c.answered_at, case.c.first_due_at,
            case.c.resolve_due_at, case.c.close_reason,
            case.c.priority, case.c.type, case.c.category, _or_empty(account.c.name),
            _or_empty(account.c.service_level), case.c.owner_id, _or_empty(person.c.name), case.c.subject,
        )
        .join_from(case, account, case.c.account_id == account.c.id, isouter=True)
        .join(person, case.c.owner_id == person.c.id, isouter=True)
        .where(case.c.id.in_(_ids(span)), *_scope(span))
        .order_by(case.c.id)
    )  # fmt: skip
    rows = tx.rows(statement)
    return [TouchedCase(*row) for row in rows]


def history(tx: Transaction, span: ReportFilter) -> list[ReportEvent]:
    """All events of these cases, case by case and oldest first."""
    statement = (
        select(
            event.c.case_id, event.c.at, event.c.name, event.c.detail,
            event.c.person_id, _or_empty(person.c.name), _or_empty(person.c.role),
        )
        .join_from(event, case, event.c.case_id == case.c.id)
        .join(person, event.c.person_id == person.c.id, isouter=True)
        .where(event.c.case_id.in_(_ids(span)), *_scope(span))
        .where(or_(event.c.name.in_(HISTORY), event.c.at == case.c.answered_at))
        .order_by(event.c.case_id, event.c.at, event.c.id)
    )  # fmt: skip
    return [ReportEvent(*row) for row in tx.rows(statement)]


def surveys(tx: Transaction, span: ReportFilter) -> list[InvitedSurvey]:
    """The invitations sent or answered in the period, oldest first."""
    statement = (
        select(survey.c.case_id, survey.c.invited_at, survey.c.answered_at, survey.c.rating, survey.c.comment)
        .join_from(survey, case, survey.c.case_id == case.c.id)
        .where(survey.c.case_id.in_(_ids(span)), *_scope(span))
        .where(or_(_within(survey.c.invited_at, span), _within(survey.c.answered_at, span)))
        .order_by(survey.c.invited_at, survey.c.id)
    )
    return [InvitedSurvey(*row) for row in tx.rows(statement)]


def waiting(tx: Transaction, span: ReportFilter) -> list[WaitingCase]:
    """All cases that are not over now, whatever the period."""
    statement = _of_scope(select(case.c.id, case.c.state, case.c.held, case.c.opened_at), span)
    rows = tx.rows(statement.where(case.c.state.in_(_WAITING)))
    return [WaitingCase(*row) for row in rows]


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
