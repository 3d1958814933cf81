"""Cases: their state, and the events of their history."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    bindparam,
    func,
    literal,
    or_,
    select,
    update,
)

from store.engine.columns import Id, Moment, constants, metadata, new_id
from store.engine.transaction import Transaction
from store.people.person import person

SPAM = "spam"
"""The reason for closing what is no case at all, and the kind of an entry that is none."""

case = Table(
    "support_case",
    metadata,
    Column("id", Id, primary_key=True),  # the number: ascending, unique, never used again
    Column("subject", String(300), nullable=False),
    Column("state", String(10), nullable=False, default="new"),
    Column("priority", String(30), nullable=False),
    Column("type", String(100), nullable=False, default=""),
    Column("category", String(100), nullable=False, default=""),
    Column("feature", String(100), nullable=False, default=""),  # what of the product is impacted
    Column("ids", Text, nullable=False, default=""),  # as "Order number 4711", one a line
    Column("mailbox", String(320), nullable=False, default=""),
    Column("requester_id", ForeignKey("person.id"), nullable=False),
    Column("owner_id", ForeignKey("person.id"), index=True),
    Column("account_id", ForeignKey("account.id"), index=True),
    Column("held", Boolean, nullable=False, default=False),
    Column("linked_id", ForeignKey("support_case.id")),
    Column("merged_id", ForeignKey("support_case.id")),  # the case that this one is read as a part of
    Column("close_reason", String(50), nullable=False, default=""),
    Column("opened_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("first_due_at", Moment),  # by when somebody is to have answered
    Column("answered_at", Moment),  # when somebody first did
    Column("version", Integer, nullable=False, default=1),
    Column("begun_at", Moment),  # since when its targets run; NULL: nothing is promised
    Column("asked_at", Moment),  # since when a customer waits for a further answer
    Column("next_due_at", Moment),  # by when that is due
    Column("resolve_due_at", Moment),
    Column("reply_told", Integer, nullable=False, default=0),  # of three steps, how many were told
    Column("resolve_told", Integer, nullable=False, default=0),
    Column(
        "contact_name", String(200), nullable=False, default=""
    ),  # who can always be reached about a Blocker
    Column("contact_phone", String(60), nullable=False, default=""),
    Column("snoozed_until", Moment),  # until when it is out of the queue; NULL: it is not
    CheckConstraint("state IN ('new','open','waiting','resolved','closed')", name="state"),
    sqlite_autoincrement=True,
)
Index("ix_support_case_state_updated", case.c.state, case.c.updated_at)
Index(
    "ix_support_case_merged_id",
    case.c.merged_id,
    sqlite_where=case.c.merged_id.is_not(None),
    postgresql_where=case.c.merged_id.is_not(None),
)
Index("ix_support_case_held", case.c.held, sqlite_where=case.c.held, postgresql_where=case.c.held)
Index("ix_support_case_updated", case.c.updated_at, case.c.id)
ACTIVE = case.c.state.in_(constants("new", "open", "waiting"))
"""The case is not over. SQLite finds the index of active cases only where it is said in these very words."""
_ASKED_OF_ACTIVE = (
    "state", "owner_id", "priority", "type", "account_id", "held", "merged_id", "snoozed_until", "answered_at",
    "first_due_at", "next_due_at", "resolve_due_at", "reply_told", "resolve_told",
)  # fmt: skip
Index(
    "ix_support_case_active",
    *(case.c[name] for name in _ASKED_OF_ACTIVE),
    sqlite_where=ACTIVE,
    postgresql_where=ACTIVE,
    postgresql_include=["id"],  # SQLite's indexes have it anyway
)  # all that the queue and the figures ask, so that they read no other row

event = Table(
    "event",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("support_case.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("person_id", ForeignKey("person.id")),
    Column("name", String(50), nullable=False),
    Column("detail", Text, nullable=False, default="{}"),  # JSON
)
Index("ix_event_case_at", event.c.case_id, event.c.at, event.c.id)


@dataclass(slots=True)
class Case:
    """One case as the desk works on it; ``save`` writes the changes."""

    id: int
    subject: str
    state: str
    priority: str
    type: str
    category: str
    ids: str
    mailbox: str
    requester_id: int
    owner_id: int | None
    account_id: int | None
    held: bool
    linked_id: int | None
    close_reason: str
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    first_due_at: datetime | None
    """By when the first answer is due; None: no target."""
    answered_at: datetime | None
    """When a specialist first answered."""
    version: int
    merged_id: int | None = None
    """The case that this one is read as a part of."""
    begun_at: datetime | None = None
    """Since when its targets run: opened, accepted, reopened. None: nothing is promised."""
    asked_at: datetime | None = None
    """Since when a customer waits for a further answer."""
    next_due_at: datetime | None = None
    """By when that one is due."""
    resolve_due_at: datetime | None = None
    reply_told: int = 0
    """How much was told of the answer that is due: nothing, warned, overdue, the manager knows."""
    resolve_told: int = 0
    """Likewise, of the solution."""
    contact_name: str = ""
    contact_phone: str = ""
    feature: str = ""
    """What of the product is impacted, as the config's list has it."""
    snoozed_until: datetime | None = None
    """Until when it is out of the desk's queue; None: it is not."""

    fresh: bool = False
    """Opened in this very transaction."""

    @property
    def over(self) -> bool:
        return self.state in ("resolved", "closed")

    @property
    def leads_to(self) -> int:
        """The number of the case that it is read in: its own, unless it was merged."""
        return self.merged_id or self.id


class CaseChanged(Exception):
    """Another process changed the case in between: the work is repeated from the new state."""


_NAMES = [name for name in Case.__slots__ if name != "fresh"]
COLUMNS = [case.c[name] for name in _NAMES]
_BY_NUMBER = select(*COLUMNS).where(case.c.id == bindparam("id"))
_CHANGING = [name for name in _NAMES if name not in ("id", "requester_id", "opened_at", "mailbox")]
_SAVE = (
    update(case)
    .where(case.c.id == bindparam("the_id"), case.c.version == bindparam("the_version"))
    .values({name: bindparam(name) for name in _CHANGING})
)


_FOLLOW_UP = (
    select(case.c.id)
    .where(case.c.linked_id == bindparam("linked_id"), case.c.requester_id == bindparam("requester_id"))
    .where(ACTIVE, case.c.merged_id.is_(None), case.c.held.is_(False))
    .order_by(case.c.id.desc())
    .limit(1)
)


def follow_up(tx: Transaction, number: int, requester_id: int) -> int | None:
    """The active case that the requester opened to continue this one."""
    follower: int | None = tx.value(_FOLLOW_UP, {"linked_id": number, "requester_id": requester_id})
    return follower


def get(tx: Transaction, number: int) -> Case | None:
    """A case by its number, or None."""
    row = tx.row(_BY_NUMBER, {"id": number}) if 0 < number < 1 << 31 else None
    return Case(*row) if row else None


def add(tx: Transaction, **values: Any) -> Case:
    """Open a case; it has its number when this returns."""
    row = {
        "state": "new", "type": "", "category": "", "ids": "", "owner_id": None, "account_id": None,
        "held": False, "linked_id": None, "close_reason": "", "closed_at": None,
        "first_due_at": None, "answered_at": None, "version": 1, "merged_id": None, "begun_at": None,
        "asked_at": None, "next_due_at": None, "resolve_due_at": None, "reply_told": 0, "resolve_told": 0,
        "contact_name": "", "contact_phone": "", "feature": "", "snoozed_until": None, **values,
    }  # fmt: skip
    number = tx.next_number(case)
    tx.add(case, id=number, **row)
    return Case(id=number, **row, fresh=True)


def whole() -> Select[tuple[int]]:
    """A subselect: the case whose number is bound to ``case_id``, and all that were merged into it."""
    member = case.alias("some")  # whatever statement it stands in may name the cases itself
    number: BindParameter[int] = bindparam("case_id")
    return select(member.c.id).where(or_(member.c.id == number, member.c.merged_id == number))


def save(tx: Transaction, changed: Case) -> None:
    """Write a case's changes. Raises ``CaseChanged`` if it is no longer the version that was read."""
    # Not the id: whatever is named here is SET, and to set a key makes the database look at all that refer to it.
    values = {name: getattr(changed, name) for name in _CHANGING}
    values |= {"the_id": changed.id, "the_version": changed.version, "version": changed.version + 1}
    if tx.run(_SAVE, values) != 1:
        raise CaseChanged(changed.id)
    changed.version += 1


_SET_REQUESTER = (
    update(case)
    .where(case.c.id == bindparam("the_id"))
    .values(requester_id=bindparam("requester"), account_id=bindparam("account"))
)


def set_requester(tx: Transaction, changed: Case, person_id: int, account_id: int | None) -> None:
    """Change a case's requester and account, at once, because read access depends on them."""
    values = {"the_id": changed.id, "requester": person_id, "account": account_id}
    tx.run(_SET_REQUESTER, values)
    changed.requester_id, changed.account_id = person_id, account_id


_LOADS = (
    select(case.c.owner_id, func.count())
    .where(case.c.state.in_(constants("new", "open")), case.c.owner_id.is_not(None))
    .where(case.c.held.is_(False), case.c.snoozed_until.is_(None))
    .group_by(case.c.owner_id)
)


def loads(tx: Transaction) -> dict[int, int]:
    """How many cases each owner has in the queue now, by the owner's id."""
    return {row[0]: row[1] for row in tx.rows(_LOADS)}


def unassign(tx: Transaction, owners: Sequence[int]) -> list[tuple[int, int]]:
    """Take the cases that are not closed from these owners: ``(number, former owner)`` of each."""
    owned = (case.c.owner_id.in_(owners), case.c.state != "closed")
    rows = tx.rows(select(case.c.id, case.c.owner_id).where(*owned)) if owners else ()
    if rows:
        tx.run(update(case).where(*owned).values(owner_id=None, version=case.c.version + 1))
    return [(row[0], row[1]) for row in rows]


def record(
    tx: Transaction, number: int, name: str, *, by: int | None, now: datetime, **detail: object
) -> None:
    """Add an event to a case's history. ``name`` is in the past tense: ``opened``, ``replied`` …"""
    tx.add(
        event,
        id=new_id(),
        case_id=number,
        at=now,
        person_id=by,
        name=name,
        detail=json.dumps(detail, ensure_ascii=False, default=str) if detail else "{}",
    )


_OFFERED = (
    select(event.c.detail)
    .where(event.c.case_id == bindparam("case_id"), event.c.name == "requester offered")
    .limit(1)
)


def offered(tx: Transaction, number: int) -> str:
    """Return the unverified address that a case's first mail names as its writer's, or ``""``."""
    detail = tx.value(_OFFERED, {"case_id": number})
    return str(json.loads(detail)["who"]) if detail else ""


_HAPPENED = (
    select(event.c.id)
    .where(event.c.case_id == bindparam("case_id"), event.c.name == bindparam("name"))
    .limit(1)
)


def happened(tx: Transaction, number: int, name: str) -> bool:
    """Is there an event of this name in a case's own history?"""
    return tx.value(_HAPPENED, {"case_id": number, "name": name}) is not None


SAID_TO_CUSTOMERS = (
    "answered", "attached", "information requested", "workaround given", "corrected", "closed", "reopened",
    "returned to work", "taken",
)  # fmt: skip
"""What a command that speaks to customers may record."""
_TAKE_BACK = (
    update(event)
    .where(event.c.case_id == bindparam("the_case"), event.c.at == bindparam("the_moment"))
    .where(event.c.person_id == bindparam("the_person"), event.c.name.in_(SAID_TO_CUSTOMERS))
    .values(name=event.c.name + literal(" (taken back)"))
)


def take_back_events(tx: Transaction, number: int, *, at: datetime, by: int) -> None:
    """Name events that were undone so: they are no steps of the case any more, and still in its history."""
    tx.run(_TAKE_BACK, {"the_case": number, "the_moment": at, "the_person": by})


class EventRow(NamedTuple):
    """A step of a case's history, and by whom."""

    case_id: int
    at: datetime
    name: str
    person_id: int | None
    person_name: str | None
    detail: str
    """JSON."""


_EVENTS = (
    select(
        event.c.case_id,
        event.c.at,
        event.c.name,
        event.c.person_id,
        person.c.name.label("person_name"),
        event.c.detail,
    )
    .join_from(event, person, event.c.person_id == person.c.id, isouter=True)
    .where(event.c.case_id.in_(whole()))
    .order_by(event.c.at, event.c.id)
)


_LATEST_STEP = select(func.max(event.c.id))


def latest_step(tx: Transaction) -> int:
    """The id of the newest event of all cases."""
    return int(tx.value(_LATEST_STEP) or 0)


def events(tx: Transaction, number: int) -> list[EventRow]:
    """A case's history and that of its parts, oldest first."""
    return [EventRow(*row) for row in tx.rows(_EVENTS, {"case_id": number})]
