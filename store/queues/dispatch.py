"""Dispatches: what one request sends to customers, and what it changed, so that it can be taken back."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    bindparam,
    func,
    select,
    update,
)

from store.cases.case import Case, whole
from store.cases.case import case as cases
from store.cases.participant import participant as participants
from store.engine.columns import Id, Moment, metadata
from store.engine.transaction import InQuery, Transaction
from store.people import person
from store.queues.outbox import ALONG, WITHDRAWN, outgoing

WAITING, UNDONE = "waiting", "undone"

dispatch = Table(
    "dispatch",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("support_case.id"), nullable=False),
    Column("person_id", ForeignKey("person.id"), nullable=False),  # who sends it
    Column("source", String(20), nullable=False),  # the request's, with its key
    Column("key", String(100), nullable=False),
    Column("at", Moment, nullable=False),
    Column("until", Moment, nullable=False),  # when it leaves
    Column("state", String(12), nullable=False, default=WAITING),  # waiting, undone
    Column("note_id", Id),  # the delivery that shows it to the desk
    Column("entries", Text, nullable=False, default="[]"),  # JSON: the ids of what was said
    Column("changes", Text, nullable=False, default="[]"),  # JSON: what it changed on the case, in order
    Column(
        "in_thread", Boolean, nullable=False, default=False
    ),  # stand its words in a thread of its customers?
)
Index("ix_dispatch_case_id_until", dispatch.c.case_id, dispatch.c.until)
Index("ix_dispatch_source_key", dispatch.c.source, dispatch.c.key)
dispatch_delivery = Table(
    "dispatch_delivery",
    metadata,
    Column("outgoing_id", ForeignKey("outgoing.id"), primary_key=True, autoincrement=False),
    Column("dispatch_id", ForeignKey("dispatch.id"), nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A dispatch as it is stored."""

    id: int
    case_id: int
    person_id: int
    source: str
    key: str
    at: datetime
    until: datetime
    state: str
    note_id: int | None
    entries: str
    changes: str
    in_thread: bool
    """Do its customers read its words where they were written?"""

    @property
    def steps(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """What its case was before each of its changes and after it, oldest first."""
        return [(before, after) for before, after in json.loads(self.changes)]


_COLUMNS = [dispatch.c[name] for name in Dispatch.__slots__]


def add(tx: Transaction, fresh: Dispatch, deliveries: Sequence[int]) -> None:
    """Store a dispatch with the ids of its deliveries."""
    tx.add(dispatch, **{name: getattr(fresh, name) for name in Dispatch.__slots__})
    for row_id in deliveries:
        tx.add(dispatch_delivery, outgoing_id=row_id, dispatch_id=fresh.id)


def include(tx: Transaction, dispatch_id: int, row_id: int) -> None:
    """Make a delivery one of a dispatch: it says in place of another one what that could not."""
    tx.add(dispatch_delivery, outgoing_id=row_id, dispatch_id=dispatch_id)


_BY_ID = select(*_COLUMNS).where(dispatch.c.id == bindparam("the_id"))
_LAST = (
    select(*_COLUMNS)
    .where(dispatch.c.case_id == bindparam("the_case"))
    .order_by(dispatch.c.until.desc(), dispatch.c.id.desc())
    .limit(1)
)
_BY_KEY = (
    select(*_COLUMNS)
    .where(dispatch.c.source == bindparam("the_source"), dispatch.c.key == bindparam("the_key"))
    .order_by(dispatch.c.id)
)


def by_id(tx: Transaction, dispatch_id: int) -> Dispatch | None:
    """A dispatch by its id."""
    row = tx.row(_BY_ID, {"the_id": dispatch_id}) if 0 < dispatch_id < 1 << 63 else None
    return Dispatch(*row) if row else None


def last(tx: Transaction, case_id: int) -> Dispatch | None:
    """The last dispatch of a case."""
    row = tx.row(_LAST, {"the_case": case_id})
    return Dispatch(*row) if row else None


_WAITS = (
    select(*_COLUMNS)
    .where(dispatch.c.until > bindparam("now"), dispatch.c.state == WAITING)
    .order_by(dispatch.c.until.desc(), dispatch.c.id.desc())
)
_HELD = _WAITS.where(dispatch.c.case_id == bindparam("case_id"))
_HELD_WITHIN = _WAITS.where(dispatch.c.case_id.in_(whole()))


def held(tx: Transaction, case_id: int, *, now: datetime, parts: bool = False) -> list[Dispatch]:
    """The dispatches of a case that wait to leave, the last one first; with those of its ``parts``."""
    rows = tx.rows(_HELD_WITHIN if parts else _HELD, {"case_id": case_id, "now": now})
    return [Dispatch(*row) for row in rows]


def of_request(tx: Transaction, source: str, key: str) -> list[Dispatch]:
    """The dispatches of a request, one for each case that it was about."""
    return [Dispatch(*row) for row in tx.rows(_BY_KEY, {"the_source": source, "the_key": key})]


_HELD_UNTIL = (
    select(func.max(dispatch.c.until))
    .where(dispatch.c.case_id.in_(whole()), dispatch.c.until > bindparam("now"))
    .where(dispatch.c.state == WAITING)
)


def held_until(tx: Transaction, case_id: int, *, now: datetime) -> datetime | None:
    """Until when something waits to leave to the customers of a case and its parts; None if nothing does."""
    until = tx.value(_HELD_UNTIL, {"case_id": case_id, "now": now})
    return until if until is None or isinstance(until, datetime) else None


@dataclass(frozen=True, slots=True)
class DispatchDelivery:
    """One delivery of a dispatch, and what has become of it."""

    id: int
    outcome: str
    fence: int
    """0: nobody has ever taken it up."""
    reason: str
    settled_at: datetime | None

    @property
    def untouched(self) -> bool:
        """Can nobody have begun to deliver it?"""
        return self.outcome == ALONG or (self.outcome == "waiting" and not self.fence)


_DELIVERIES = (
    select(*[outgoing.c[name] for name in DispatchDelivery.__slots__])
    .join_from(dispatch_delivery, outgoing, dispatch_delivery.c.outgoing_id == outgoing.c.id)
    .where(dispatch_delivery.c.dispatch_id == bindparam("the_dispatch"))
    .order_by(outgoing.c.id)
)
_LOCKED = _DELIVERIES.with_for_update(of=outgoing)


def deliveries(tx: Transaction, dispatch_id: int, *, lock: bool = False) -> list[DispatchDelivery]:
    """The deliveries of a dispatch. ``lock``: nobody takes one up until the transaction ends."""
    rows = tx.rows(_LOCKED if lock else _DELIVERIES, {"the_dispatch": dispatch_id})
    return [DispatchDelivery(*row) for row in rows]


_WITHDRAW = (
    update(outgoing)
    .where(outgoing.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        outcome=WITHDRAWN, due_at=None, settled_at=bindparam("now"), fence=outgoing.c.fence + 1, lines=b"",
        reason="taken back before it was sent",
    )
)  # fmt: skip
_UNDONE = update(dispatch).where(dispatch.c.id == bindparam("the_id")).values(state=UNDONE)


def withdraw(tx: Transaction, dispatch_id: int, *, now: datetime) -> None:
    """Take back all deliveries of a dispatch, which the caller has locked, and of which none was taken up."""
    rows = deliveries(tx, dispatch_id)
    if rows:
        tx.run(_WITHDRAW, {"ids": [row.id for row in rows], "now": now})
        tx.run(_UNDONE, {"the_id": dispatch_id})


_DUE_NOW = (
    update(outgoing)
    .where(
        outgoing.c.id.in_(
            select(dispatch_delivery.c.outgoing_id).where(
                dispatch_delivery.c.dispatch_id == bindparam("the_id")
            )
        )
    )
    .where(outgoing.c.outcome == "waiting", outgoing.c.fence == 0, outgoing.c.due_at > bindparam("moment"))
    .values(due_at=bindparam("moment"), fence=outgoing.c.fence + 1)  # as if taken up: it stands
)
_SHORTENED = update(dispatch).where(dispatch.c.id == bindparam("the_id")).values(until=bindparam("now"))


def release(tx: Transaction, dispatch_id: int, *, now: datetime) -> None:
    """Let all deliveries of a dispatch leave at once: nobody can take them back any more."""
    tx.run(_DUE_NOW, {"the_id": dispatch_id, "moment": tx.due(now)})
    tx.run(_SHORTENED, {"the_id": dispatch_id, "now": now})


_REWRITE = update(dispatch).where(dispatch.c.id == bindparam("the_id")).values(changes=bindparam("steps"))


def rewrite(tx: Transaction, dispatch_id: int, changes: str) -> None:
    """Store what a dispatch has changed on its case anew: what it was made upon was taken back."""
    tx.run(_REWRITE, {"the_id": dispatch_id, "steps": changes})


_OF = InQuery(
    select(dispatch.c.id, dispatch.c.source).join_from(
        dispatch_delivery, dispatch, dispatch_delivery.c.dispatch_id == dispatch.c.id
    ),
    dispatch_delivery.c.outgoing_id,
)


def of_deliveries(tx: Transaction, ids: Sequence[int]) -> dict[int, str]:
    """The dispatches of these deliveries, and the channel that each was sent from."""
    return {row[0]: row[1] for row in _OF.rows(tx, ids)}


_NOTE = select(outgoing.c.place).where(outgoing.c.id == bindparam("the_id"))


def place_of(tx: Transaction, row_id: int | None) -> str:
    """Where a delivery stands, or ``""``."""
    return str(tx.value(_NOTE, {"the_id": row_id}) or "") if row_id else ""


_PENDING = (
    select(dispatch.c.case_id, dispatch.c.entries, dispatch.c.at, dispatch.c.changes, dispatch.c.state)
    .where(dispatch.c.case_id.in_(whole()), dispatch.c.until > bindparam("now"))
    .order_by(dispatch.c.id)
)
Columns = Mapping[str, Any]
"""What a case says of itself, by the names of its columns, with moments in ISO 8601."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What is pending on a case: its customers may not see it yet, because it may still be taken back."""

    entries: frozenset[int]
    moments: frozenset[datetime]
    """When it was done: of that moment's events they read nothing either."""
    changes: tuple[tuple[Columns, Columns], ...]
    """What the case was before each change and after it, oldest first."""

    def customer_view(self, case: Case) -> Case:
        """The case as its customers may see it: without the pending changes."""
        closed_at = case.closed_at.isoformat() if case.closed_at else None
        present = {"state": case.state, "owner_id": case.owner_id, "close_reason": case.close_reason}
        columns = _without(self.changes, present | {"closed_at": closed_at})
        closed_at = columns.pop("closed_at")
        return replace(case, **columns, closed_at=datetime.fromisoformat(closed_at) if closed_at else None)


def pending(tx: Transaction, case_id: int, *, now: datetime) -> Pending:
    """What is pending on a case: what was said on it or its parts, and the changes of its own."""
    rows = tx.rows(_PENDING, {"case_id": case_id, "now": now})
    entries = frozenset(int(entry) for row in rows for entry in json.loads(row.entries))
    own = (row for row in rows if row.case_id == case_id and row.state == WAITING)
    changes = tuple(change for row in own for change in _changes(row.changes))
    return Pending(entries, frozenset(row.at for row in rows), changes)


def _changes(stored: str) -> list[tuple[Columns, Columns]]:
    return [(before["columns"], after["columns"]) for before, after in json.loads(stored)]


def _without(changes: Sequence[tuple[Columns, Columns]], present: Columns) -> dict[str, Any]:
    """The present columns without these changes; what somebody else has changed since then stays."""
    columns = dict(present)
    for before, after in reversed(changes):
        columns |= {name: before[name] for name in columns if after[name] == columns[name]}
    return columns


_CHANGED = InQuery(
    select(dispatch.c.case_id, dispatch.c.changes, cases.c.state, cases.c.owner_id)
    .join_from(dispatch, cases, dispatch.c.case_id == cases.c.id)
    .where(dispatch.c.until > bindparam("now"), dispatch.c.state == WAITING)
    .order_by(dispatch.c.id),
    dispatch.c.case_id,
)


class CustomerView(NamedTuple):
    """What a case's customers see of it in a list while a change may still be taken back."""

    state: str
    owner: str
    """A name, or ``""``."""


_HELD_OF = (
    select(dispatch.c.case_id)
    .distinct()
    .join_from(participants, dispatch, participants.c.case_id == dispatch.c.case_id)
    .where(participants.c.person_id == bindparam("the_person"))
    .where(dispatch.c.until > bindparam("now"), dispatch.c.state == WAITING)
)


def cases_of(tx: Transaction, person_id: int, *, now: datetime) -> list[int]:
    """The cases that a person takes part in on which something may still be taken back."""
    return [row[0] for row in tx.rows(_HELD_OF, {"the_person": person_id, "now": now})]


def customer_views(tx: Transaction, numbers: Sequence[int], *, now: datetime) -> dict[int, CustomerView]:
    """Those of the cases that have pending changes, as their customers may see them."""
    changes: defaultdict[int, list[tuple[Columns, Columns]]] = defaultdict(list)
    present: dict[int, Columns] = {}
    for number, stored, state, owner_id in _CHANGED.rows(tx, numbers, {"now": now}):
        changes[number] += _changes(stored)
        present[number] = {"state": state, "owner_id": owner_id}
    columns = {number: _without(changes[number], case) for number, case in present.items()}
    return {
        number: CustomerView(case["state"], _name(tx, case["owner_id"])) for number, case in columns.items()
    }


def _name(tx: Transaction, person_id: int | None) -> str:
    someone = person.by_id(tx, person_id) if person_id else None
    return someone.name if someone else ""
