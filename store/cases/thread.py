"""Threads: where a case lives in a chat channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    String,
    Table,
    bindparam,
    func,
    literal,
    or_,
    select,
    update,
)

from store.cases import participant
from store.cases.case import case, whole
from store.engine.columns import metadata
from store.engine.transaction import InQuery, Transaction
from store.people import account

thread = Table(
    "thread",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("address", String(200), primary_key=True),  # where it stands: team/place/first message
    Column("case_id", ForeignKey("support_case.id"), nullable=False, index=True),
    # desk: internal by default; customer: public; private: what one customer says there stays with the desk
    Column("side", String(10), nullable=False),
    Column("person_id", ForeignKey("person.id")),  # whose own it is; NULL: of all who are in that place
    CheckConstraint("side IN ('desk','customer','private')", name="side"),
    info={"first stays": True},
)


@dataclass(frozen=True, slots=True)
class Thread:
    """A chat thread about a case."""

    channel: str
    address: str
    case_id: int
    side: str
    person_id: int | None = None
    begun_on: int | None = None
    """The case it was begun for, where that was merged into ``case_id``."""


_NAMES = ("channel", "address", "case_id", "side", "person_id")
_COLUMNS = [thread.c[name] for name in _NAMES]
_AT = (
    select(
        thread.c.channel,
        thread.c.address,
        func.coalesce(case.c.merged_id, case.c.id).label("case_id"),
        thread.c.side,
        thread.c.person_id,
        thread.c.case_id.label("begun_on"),
    )
    .join_from(thread, case)
    .where(thread.c.channel == bindparam("channel"), thread.c.address == bindparam("address"))
)
_ACCOUNT = select(case.c.account_id).where(case.c.id == bindparam("case_id"))
_OF = select(*_COLUMNS).where(thread.c.case_id == bindparam("case_id"))
_OF_WHOLE = select(*_COLUMNS).where(thread.c.case_id.in_(whole()))


def begin(tx: Transaction, new: Thread) -> None:
    """Write a thread; one that is there already stays as it is."""
    tx.add(thread, **{name: getattr(new, name) for name in _NAMES})


def at(tx: Transaction, channel: str, address: str) -> Thread | None:
    """The thread at an address, or None; if its case was merged, it belongs to that one."""
    row = tx.row(_AT, {"channel": channel, "address": address})
    return Thread(*row) if row else None


_BEGUN = case.alias("begun")
_ALIVE = (
    select(thread.c.address)
    .join_from(thread, _BEGUN, thread.c.case_id == _BEGUN.c.id)
    .join(case, case.c.id == func.coalesce(_BEGUN.c.merged_id, _BEGUN.c.id))
    .where(thread.c.channel == bindparam("channel"))
    .where(
        or_(
            case.c.state != "closed",
            case.c.updated_at >= bindparam("since"),
            case.c.closed_at >= bindparam("closed_since"),
        )
    )
    .order_by(case.c.state == "closed", case.c.id.desc())
    .limit(bindparam("most"))
)


def alive(tx: Transaction, channel: str, *, since: datetime, closed_since: datetime, most: int) -> list[str]:
    """Addresses of threads that may still be used, ``most`` at most.

    Of cases that are not closed, or were touched ``since``, or closed ``closed_since``: first those that are
    not closed, and among each the newest cases' first.
    """
    values = {"channel": channel, "since": since, "closed_since": closed_since, "most": most}
    return [row[0] for row in tx.rows(_ALIVE, values)]


_OWN = (
    select(func.rtrim(thread.c.address, "0123456789.").label("place"), thread.c.case_id)
    .where(thread.c.channel == bindparam("channel"), thread.c.person_id.is_not(None))
    .subquery()  # what is grouped by must be said once: PostgreSQL takes two parameters for two things
)
_OWN_PLACES = (
    select(_OWN.c.place)
    .group_by(_OWN.c.place)
    .order_by(func.max(_OWN.c.case_id).desc())
    .limit(bindparam("most"))
)


def own_places(tx: Transaction, channel: str, *, most: int) -> list[str]:
    """Places (``T1/D1``) of personal threads of all cases; the newest cases' first."""
    rows = tx.rows(_OWN_PLACES, {"channel": channel, "most": most})
    return [row[0].rstrip("/") for row in rows]


_CARD = select(thread.c.case_id).where(thread.c.channel == bindparam("channel"), thread.c.side == "desk")
_WITHOUT_CARD = (
    select(case.c.id)
    .where(case.c.opened_at >= bindparam("since"), case.c.state != "closed", case.c.merged_id.is_(None))
    .where(case.c.id.not_in(_CARD))
    .order_by(case.c.id)
)


def cases_without_card(tx: Transaction, channel: str, *, since: datetime) -> list[int]:
    """Return the cases that were opened since then, are not closed and have no thread of the desk."""
    return [row[0] for row in tx.rows(_WITHOUT_CARD, {"channel": channel, "since": since})]


_AROUND = (
    select(thread.c.address, func.coalesce(case.c.merged_id, case.c.id))
    .join_from(thread, case)
    .where(thread.c.channel == bindparam("channel"), thread.c.address.between(bindparam("a"), bindparam("b")))
    .where(thread.c.side == "customer", thread.c.person_id.is_(None), case.c.state != "closed")
    .where(case.c.requester_id == bindparam("person_id"))
    .order_by(thread.c.address)
)


def begun_around(tx: Transaction, channel: str, address: str, *, person_id: int, seconds: int) -> int | None:
    """The case that this person opened in the same place within so many seconds.

    ``address``: ``T1/C1/ts``.
    """
    place, _, moment = address.rpartition("/")
    at = float(moment)
    window = (f"{place}/{at - seconds:017.6f}", f"{place}/{at + seconds:017.6f}")
    values = {"channel": channel, "person_id": person_id, "a": window[0], "b": window[1]}
    row = tx.row(_AROUND, values)
    return row[1] if row else None


def of(tx: Transaction, case_id: int) -> Sequence[Thread]:
    """All threads of a case in the order they began: their address ends with the first message's time."""
    threads = [Thread(*row) for row in tx.rows(_OF, {"case_id": case_id})]
    return sorted(threads, key=_began)


_OF_CASES = InQuery(select(*_COLUMNS).where(thread.c.channel == bindparam("channel")), thread.c.case_id)


def of_cases(tx: Transaction, cases: Sequence[int], channel: str) -> Sequence[Thread]:
    """All threads of some cases in one channel, in the order they began."""
    rows = _OF_CASES.rows(tx, cases, {"channel": channel}) if cases else ()
    return sorted((Thread(*row) for row in rows), key=_began)


def _of_whole(tx: Transaction, case_id: int) -> list[Thread]:
    """All threads of a case and of those merged into it, in the order they began."""
    threads = [Thread(*row) for row in tx.rows(_OF_WHOLE, {"case_id": case_id})]
    return sorted(threads, key=_began)


def _began(thread: Thread) -> str:
    return thread.address.rpartition("/")[2]


def place_of(address: str) -> str:
    """The place that a thread stands in: ``T1/C1/ts`` → ``T1/C1``."""
    return "/".join(address.split("/")[:2])


def is_shared(tx: Transaction, thread: Thread) -> bool:
    """Is it a customer thread for everybody in its place?

    Only while that place is bound to the case's own account.
    """
    if thread.side != "customer" or thread.person_id is not None:
        return False
    bound = account.of_place(tx, thread.channel, thread.address)
    return bound is not None and tx.value(_ACCOUNT, {"case_id": thread.case_id}) in (None, bound)


def open_to_all(tx: Transaction, case_id: int, channel: str) -> list[Thread]:
    """The shared threads of a case in places of its account, in the order they began.

    Once a place refused us and the opener had to be told elsewhere, nobody reads the earlier ones.
    """
    every = [
        thread for thread in _of_whole(tx, case_id) if (thread.channel, thread.side) == (channel, "customer")
    ]
    opener = participant.requester(tx, case_id)
    moved = max((_began(thread) for thread in every if thread.person_id == opener), default="")
    return [thread for thread in every if _began(thread) > moved and is_shared(tx, thread)]


def read_by(tx: Transaction, case_id: int, channel: str, person_id: int) -> Thread | None:
    """The thread in which a customer reads a case; None if there is none yet.

    It is where they last spoke on it. A thread that a whole place shares is read by the person who opened the
    case there; somebody who was only added may have no access to that place. Once a place refused us and its
    opener had to be told elsewhere, nobody reads it.
    """
    every = [
        thread for thread in _of_whole(tx, case_id) if (thread.channel, thread.side) == (channel, "customer")
    ]
    own = [thread for thread in every if thread.person_id is not None and thread.person_id == person_id]
    shared = open_to_all(tx, case_id, channel)
    role, spoke_at = participant.reading(tx, case_id, person_id)
    there = [thread for thread in (*own, *shared) if thread.address == spoke_at]
    if not there and role == "requester":
        there = [thread for thread in shared if thread.case_id == case_id]
    if there and there[-1].person_id is None:
        return there[-1]
    return own[-1] if own else None


def withdraw(tx: Transaction, case_id: int, person_id: int) -> None:
    """Make a case's shared threads this person's own, so that nobody else there reads it any more."""
    shared = (thread.c.case_id == case_id, thread.c.side == "customer", thread.c.person_id.is_(None))
    tx.run(update(thread).where(*shared).values(person_id=person_id))


def move(tx: Transaction, channel: str, old: str, new: str) -> int:
    """Write the new address of a place (``T1/C1``) over its old one; returns how many threads stand there."""
    tail = len(old) + 1
    moved = tx.run(
        update(thread)
        .where(thread.c.channel == channel, thread.c.address.startswith(f"{old}/", autoescape=True))
        .values(address=literal(new) + func.substr(thread.c.address, tail))
    )
    participant.move(tx, old, new)
    return moved
