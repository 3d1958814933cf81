"""The desk's figures for monitoring: what waits, what is late, what nobody took; bounded queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Select, Table, and_, bindparam, case, func, literal, select, union_all

from store.cases.case import ACTIVE, SPAM, event
from store.cases.case import case as cases
from store.cases.concern import concern
from store.cases.timer import timer
from store.engine.columns import constants
from store.engine.transaction import Transaction
from store.queues.inbox import inbox
from store.queues.outbox import GATHERING, outgoing
from store.report import BREACHES

MOST = 10_000
"""Rows that a count of a queue looks at: beyond that it says so many, and scraping stays cheap."""
STATES = ("new", "open", "waiting")
"""Of active cases."""
KINDS, STANDINGS = ("answer", "solution"), ("on_time", "at_risk", "missed")
"""Of targets that run."""
WEEK, DAY = timedelta(days=7), timedelta(days=1)


class WaitingRows(NamedTuple):
    """Rows of a queue that wait for the same."""

    of: str
    """The channel."""
    why: str
    """``queued``, ``retrying`` (it was tried, or cannot be yet) or ``gathering`` (others join it)."""
    number: int
    oldest: datetime


class CasesIn(NamedTuple):
    """Active cases of one state and priority; held ones apart."""

    state: str
    priority: str
    held: bool
    number: int


class Targets(NamedTuple):
    """Targets that run now, of one of ``KINDS`` and ``STANDINGS``."""

    kind: str
    standing: str
    number: int


class OverdueRows(NamedTuple):
    """How many there are, and since when the oldest is."""

    number: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class DeskFigures:
    """All figures of one moment."""

    inbox: Sequence[WaitingRows]
    outbox: Sequence[WaitingRows]
    set_aside: dict[str, int]
    """Messages in the inbox by what became of them: ``aside``, ``shunted``."""
    dead: dict[str, int]
    """Deliveries given up, of those written in the last seven days, by channel."""
    timers: OverdueRows
    cases: Sequence[CasesIn]
    targets: Sequence[Targets]
    missed: dict[str, int]
    """Targets missed in the last day, by kind."""
    concerns: OverdueRows
    """Those that nobody took."""


def read(tx: Transaction, *, now: datetime) -> DeskFigures:
    """The figures now; nothing in it takes longer because a desk is old."""
    due = tx.row(_TIMERS, {"now": tx.due(now)})
    missed = dict(tuple(row) for row in tx.rows(_MISSED, {"since": now - DAY}))
    return DeskFigures(
        inbox=[WaitingRows(*row) for row in tx.rows(_INBOX)],
        outbox=[WaitingRows(*row) for row in tx.rows(_OUTBOX)],
        set_aside=dict(tuple(row) for row in tx.rows(_ASIDE)),
        dead=dict(tuple(row) for row in tx.rows(_DEAD, {"since": now - WEEK})),
        timers=OverdueRows(*due),
        cases=[CasesIn(*row) for row in tx.rows(_CASES)],
        targets=[Targets(*row) for row in tx.rows(_TARGETS, {"now": now})],
        missed={kind: missed.get(breach, 0) for kind, breach in zip(KINDS, BREACHES, strict=True)},
        concerns=OverdueRows(*tx.row(_CONCERNS)),
    )


def _in_queue(queue: Table, of: str, since: str) -> Select[tuple[str, str, int, datetime]]:
    why = case(
        (queue.c.outcome == literal(GATHERING), literal("gathering")),
        (queue.c.reason != literal(""), literal("retrying")),
        else_=literal("queued"),
    )
    first = (
        select(queue.c[of].label("of"), why.label("why"), queue.c[since].label("since"))
        .where(queue.c.due_at.is_not(None))
        .order_by(queue.c.due_at)
        .limit(MOST)
        .subquery()
    )
    groups = (first.c.of, first.c.why)
    return select(*groups, func.count(), func.min(first.c.since)).group_by(*groups)


_INBOX = _in_queue(inbox, "source", "received_at")
_OUTBOX = _in_queue(outgoing, "channel", "created_at")


def _outcomes(outcome: str) -> Select[tuple[str]]:
    """Messages of one outcome, so many at most."""
    rows = select(literal(outcome).label("outcome")).where(inbox.c.outcome == literal(outcome))
    return select(rows.limit(MOST).subquery().c.outcome)


_all_aside = union_all(_outcomes("aside"), _outcomes("shunted")).subquery()
_ASIDE = select(_all_aside.c.outcome, func.count()).group_by(_all_aside.c.outcome)
_dead = (
    select(outgoing.c.channel)
    .where(outgoing.c.outcome == literal("dead"), outgoing.c.created_at > bindparam("since"))
    .limit(MOST)
    .subquery()
)
_DEAD = select(_dead.c.channel, func.count()).group_by(_dead.c.channel)
_late = select(timer.c.at).where(timer.c.due_at <= bindparam("now")).order_by(timer.c.due_at)
_late_timers = _late.limit(MOST).subquery()
_TIMERS = select(func.count(), func.min(_late_timers.c.at)).select_from(_late_timers)
_ACTIVE = and_(ACTIVE, cases.c.merged_id.is_(None))
_GROUPS = (cases.c.state, cases.c.priority, cases.c.held)
_CASES = select(*_GROUPS, func.count()).where(_ACTIVE).group_by(*_GROUPS)


def _standing(kind: str) -> Select[tuple[str, str, int]]:
    """How the active cases do with one of their two targets; a clock that rests has none."""
    first = case((cases.c.answered_at.is_(None), cases.c.first_due_at), else_=cases.c.next_due_at)
    due, step = (
        (first, cases.c.reply_told) if kind == "answer" else (cases.c.resolve_due_at, cases.c.resolve_told)
    )
    standing = case(
        (due < bindparam("now", type_=cases.c.opened_at.type), literal("missed")),
        (step > literal(0), literal("at_risk")),
        else_=literal("on_time"),
    )
    running = (
        select(literal(kind).label("kind"), standing.label("standing"))
        .where(_ACTIVE, ~cases.c.held, due.is_not(None))
        .subquery()
    )
    groups = (running.c.kind, running.c.standing)
    return select(*groups, func.count()).group_by(*groups)


_TARGETS = union_all(*map(_standing, KINDS))
_MISSED = (
    select(event.c.name, func.count())
    .where(event.c.name.in_(constants(*BREACHES)), event.c.at > bindparam("since"))
    .group_by(event.c.name)
)
_CONCERNS = (
    select(func.count(), func.min(concern.c.raised_at))
    .join_from(concern, cases, concern.c.case_id == cases.c.id)
    .where(concern.c.taken_at.is_(None), cases.c.close_reason != literal(SPAM))
)
