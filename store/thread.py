"""Threads: where a case lives in a channel that has places of its own, such as a Slack channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Column, ForeignKey, String, Table, bindparam, select

from store.base import metadata
from store.transaction import Transaction

thread = Table(
    "thread",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("address", String(200), primary_key=True),  # where it stands: team/place/first message
    Column("case_id", ForeignKey("support_case.id"), nullable=False, index=True),
    Column("side", String(10), nullable=False),  # desk: internal by default; customer: public
    Column("person_id", ForeignKey("person.id")),  # whose own it is; NULL: of all who are in that place
    CheckConstraint("side IN ('desk','customer')", name="side"),
    info={"first stays": True},
)


@dataclass(frozen=True, slots=True)
class Thread:
    """One place where a case is talked about."""

    channel: str
    address: str
    case_id: int
    side: str
    person_id: int | None = None


_COLUMNS = [thread.c[name] for name in Thread.__slots__]
_AT = select(*_COLUMNS).where(
    thread.c.channel == bindparam("channel"), thread.c.address == bindparam("address")
)
_OF = select(*_COLUMNS).where(thread.c.case_id == bindparam("case_id")).order_by(thread.c.address)


def begin(tx: Transaction, new: Thread) -> None:
    """Remember a place; one that is known already stays as it is."""
    tx.add(thread, **{name: getattr(new, name) for name in Thread.__slots__})


def at(tx: Transaction, channel: str, address: str) -> Thread | None:
    """The thread at an address, or None."""
    found = tx.row(_AT, {"channel": channel, "address": address}, of=(thread,))
    return Thread(*found) if found else None


def of(tx: Transaction, case_id: int) -> Sequence[Thread]:
    """All threads of a case."""
    return [Thread(*row) for row in tx.rows(_OF, {"case_id": case_id}, of=(thread,))]
