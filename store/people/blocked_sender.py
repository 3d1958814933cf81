"""Blocked senders: whose mail is kept aside, because the desk has called it spam."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer, String, Table, bindparam, delete, func, select

from store.engine.columns import Moment, metadata
from store.engine.transaction import Transaction

blocked = Table(
    "blocked",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("address", String(320), primary_key=True),
    Column("proof", Integer, nullable=False),  # up to which proof: a forged sender's true mail still comes in
    Column("case_id", ForeignKey("support_case.id"), nullable=False),
    Column("at", Moment, nullable=False),
)
_HERE = (blocked.c.channel == bindparam("the_channel"), blocked.c.address == bindparam("the_address"))
_FIND = select(blocked.c.proof, blocked.c.case_id).where(*_HERE)
_ANY = select(func.min(blocked.c.channel))  # read from the end of the key


def find(tx: Transaction, channel: str, address: str, *, marks: Sequence[str] = ()) -> tuple[int, int] | None:
    """The proof up to which a sender is blocked, and the case of the block; None if not blocked.

    ``marks`` of the address: what stands for it once its owner was erased.
    """
    if not tx.once("blocks anybody", lambda: tx.value(_ANY) is not None):
        return None
    for written in (address.lower(), *marks):
        if row := tx.row(_FIND, {"the_channel": channel, "the_address": written}):
            return row[0], row[1]
    return None


def block(tx: Transaction, channel: str, address: str, *, proof: int, case_id: int, now: datetime) -> None:
    """Block a sender: their mail is set aside from now on."""
    release(tx, channel, address)
    who = {"channel": channel, "address": address.lower()}
    tx.add(blocked, **who, proof=proof, case_id=case_id, at=now)


_RELEASE = delete(blocked).where(*_HERE)


def release(tx: Transaction, channel: str, address: str, *, marks: Sequence[str] = ()) -> None:
    """Unblock a sender."""
    for written in (address.lower(), *marks):
        tx.run(_RELEASE, {"the_channel": channel, "the_address": written})
