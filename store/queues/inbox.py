"""The inbox: every message as it came, durable before it is acknowledged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)

from store.engine.announcement import INBOX
from store.engine.columns import Id, Moment, metadata, new_id
from store.engine.keyset import older
from store.engine.lease import due, held
from store.engine.packed import Packed
from store.engine.transaction import InQuery, Transaction

IN_DATABASE = 256 * 1024
"""Raw messages up to this many bytes lie in the database, larger ones in the file store."""

inbox = Table(
    "inbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("source", String(20), nullable=False),
    Column("key", String(100), nullable=False),
    Column("raw", Packed),  # NULL: in the file store, under its hash
    Column("file", String(64)),
    Column("size", Integer, nullable=False),
    Column("envelope", Text, nullable=False),  # JSON
    Column("received_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),  # times it was taken up
    Column("strikes", Integer, nullable=False, default=0),  # times it failed on its own account
    Column("due_at", Moment),  # NULL: settled. A lease is the due time moved on
    Column("fence", Integer, nullable=False, default=0),
    Column("outcome", String(12), nullable=False, default="waiting"),  # waiting, done, aside, shunted
    Column("reason", Text, nullable=False, default=""),
    Column("case_id", Id),
)
Index("uq_inbox_source_key", inbox.c.source, inbox.c.key, unique=True)
Index(
    "ix_inbox_due",
    inbox.c.due_at,
    sqlite_where=inbox.c.due_at.is_not(None),
    postgresql_where=inbox.c.due_at.is_not(None),
)
Index("ix_inbox_outcome", inbox.c.outcome, inbox.c.received_at)
Index("ix_inbox_received", inbox.c.received_at, inbox.c.id)

COPY = "copy"
"""Source of the second receipts, by which copies of a mail are known."""
receipt = Table(
    "receipt",
    metadata,
    Column("source", String(20), primary_key=True),
    Column("key", String(100), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("result", Text, nullable=False),  # JSON
)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message waiting to be handled, in the hands of the holder of ``fence``."""

    id: int
    source: str
    key: str
    raw: bytes | None
    """None where it lies in the file store, or was left in the database to spare memory."""
    file: str | None
    envelope: Mapping[str, Any]
    received_at: datetime
    attempts: int
    strikes: int
    fence: int


@dataclass(frozen=True, slots=True)
class DoorMessage:
    """A message at the door. ``raw`` is None if ``file`` names it in the file store."""

    source: str
    key: str
    raw: bytes | None
    file: str | None
    size: int
    envelope: Mapping[str, Any]
    received_at: datetime


_KNOWN = InQuery(select(inbox.c.key, inbox.c.id).where(inbox.c.source == bindparam("of_source")), inbox.c.key)


def accept(
    tx: Transaction, arrivals: Sequence[DoorMessage], *, lease: timedelta
) -> list[tuple[int, Incoming | None]]:
    """Keep messages, born leased to the caller: ``(id, row)`` each; no row if it was kept before.

    With no ``lease`` they are anybody's, and announced.
    """
    kept_ids: dict[tuple[str, str], int] = {}
    for source in {arrival.source for arrival in arrivals}:
        keys = [arrival.key for arrival in arrivals if arrival.source == source]
        rows = _KNOWN.rows(tx, keys, {"of_source": source})
        kept_ids.update(((source, row.key), row.id) for row in rows)
    answers: list[tuple[int, Incoming | None]] = []
    for arrival in arrivals:
        before = kept_ids.get((arrival.source, arrival.key))
        if before is not None:
            answers.append((before, None))
            continue
        fresh = _keep(tx, arrival, lease)
        kept_ids[arrival.source, arrival.key] = fresh.id
        answers.append((fresh.id, fresh))
    return answers


def _keep(tx: Transaction, new: DoorMessage, lease: timedelta) -> Incoming:
    mine = int(bool(lease))
    fresh = Incoming(
        new_id(), new.source, new.key, new.raw, new.file, new.envelope, new.received_at, mine, 0, mine
    )
    tx.add(
        inbox, id=fresh.id, source=new.source, key=new.key, raw=new.raw, file=new.file, size=new.size,
        envelope=json.dumps(new.envelope), received_at=new.received_at, attempts=mine, strikes=0,
        due_at=tx.due(new.received_at + lease), fence=mine, outcome="waiting", reason="", case_id=None,
    )  # fmt: skip
    if not mine:
        tx.announce(INBOX)
    return fresh


_CLAIM = (
    update(inbox)
    .where(inbox.c.id.in_(due(inbox)))
    .values(due_at=bindparam("until"), fence=inbox.c.fence + 1, attempts=inbox.c.attempts + 1)
    .returning(
        inbox.c.id, inbox.c.source, inbox.c.key, inbox.c.raw, inbox.c.file, inbox.c.envelope,
        inbox.c.received_at, inbox.c.attempts, inbox.c.strikes, inbox.c.fence,
    )
)  # fmt: skip


def claim(tx: Transaction, *, now: datetime, lease: timedelta, most: int) -> list[Incoming]:
    """Claim messages whose lease has expired (their process died, or they were postponed)."""
    rows = tx.rows(_CLAIM, {"now": tx.due(now), "until": tx.due(now + lease), "most": most})
    claimed = [Incoming(**{**row._asdict(), "envelope": json.loads(row.envelope)}) for row in rows]
    return sorted(claimed, key=lambda row: row.id)


_SETTLE = held(inbox).values(
    due_at=None, outcome=bindparam("outcome"), reason=bindparam("reason"), case_id=bindparam("case_id")
)


@dataclass(frozen=True, slots=True)
class InboxOutcome:
    """The outcome of handling a message."""

    row: Incoming
    outcome: str
    reason: str = ""
    case_id: int | None = None


def settle(tx: Transaction, outcomes: Sequence[InboxOutcome]) -> bool:
    """Write the outcomes; False if another process has taken one of the messages over meanwhile."""
    values = [
        {
            "the_id": outcome.row.id, "the_fence": outcome.row.fence, "outcome": outcome.outcome,
            "reason": outcome.reason[:2000], "case_id": outcome.case_id,
        }
        for outcome in outcomes
    ]  # fmt: skip
    return not values or tx.run(_SETTLE, values) == len(values)


def put_off(tx: Transaction, row: Incoming, *, until: datetime, reason: str, strike: bool) -> bool:
    """Postpone a message; ``strike`` if the message itself is to blame."""
    mine = update(inbox).where(inbox.c.id == row.id, inbox.c.fence == row.fence)
    again = mine.values(due_at=tx.due(until), reason=reason, strikes=inbox.c.strikes + int(strike))
    return tx.run(again) == 1


_RECEIPT = select(receipt.c.result).where(
    receipt.c.source == bindparam("source"), receipt.c.key == bindparam("key")
)


def find_receipt(tx: Transaction, source: str, key: str) -> Any | None:
    """The stored result of a key, or None if it has had no effect yet."""
    row = tx.row(_RECEIPT, {"source": source, "key": key})
    return json.loads(row[0]) if row else None


def write_receipt(tx: Transaction, source: str, key: str, result: object, *, now: datetime) -> None:
    """Write a key's result; a second one for the same key makes the transaction fail."""
    tx.add(receipt, source=source, key=key, at=now, result=json.dumps(result, ensure_ascii=False))


_COPIES = InQuery(
    select(receipt.c.key, receipt.c.result).where(receipt.c.source == bindparam("of_source")), receipt.c.key
)


def find_copies(tx: Transaction, keys: Sequence[str]) -> dict[str, Any]:
    """Return the results of these keys of copies. Each is read once in a transaction, so ask for many."""
    results: dict[str, Any] = tx.once("copies", dict)
    if unread := [key for key in keys if key not in results]:
        results |= dict.fromkeys(unread)
        rows = _COPIES.rows(tx, unread, {"of_source": COPY}, of=())
        results |= {row.key: json.loads(row.result) for row in rows}
    return {key: results[key] for key in keys if results[key]}


def write_copy(tx: Transaction, key: str, result: object, *, now: datetime) -> None:
    """Write the result by which copies of a message are recognised.

    It is kept for good, through retention, erasure and redaction: the key is a hash, and the result names nobody.
    """
    tx.once("copies", dict[str, object])[key] = result
    write_receipt(tx, COPY, key, result, now=now)


HAS_BYTES = or_(inbox.c.raw != b"", inbox.c.file.is_not(None))
"""There is still something to read: neither a redaction nor the retention has dropped it."""


def requeue(
    tx: Transaction, ids: Sequence[int] | None = None, *, reason: str | None = None, now: datetime
) -> int:
    """Requeue messages with all counts reset; returns how many.

    All that are shunted; those that were only set aside too, if their ids or their reason are named. Not those whose
    bytes were dropped.
    """
    named = ids is not None or bool(reason)
    where: list[ColumnElement[bool]] = [inbox.c.outcome.in_(("shunted", "aside") if named else ("shunted",))]
    where.append(HAS_BYTES)
    if ids is not None:
        where.append(inbox.c.id.in_(ids))
    if reason is not None:
        where.append(inbox.c.reason.startswith(reason, autoescape=True))
    clean = {"due_at": tx.due(now), "outcome": "waiting", "attempts": 0, "strikes": 0}
    tx.announce(INBOX)
    return tx.run(update(inbox).where(*where).values(**clean, fence=inbox.c.fence + 1))


_REQUEUED = select(inbox.c.fence > inbox.c.attempts).where(inbox.c.id == bindparam("the_id"))


def requeued(tx: Transaction, inbox_id: int) -> bool:
    """Was this message requeued?

    Fence and attempts both count how often it was claimed, but requeuing resets only the attempts.
    """
    return bool(tx.value(_REQUEUED, {"the_id": inbox_id}))


class ListedMessage(NamedTuple):
    """A message of the inbox, as lists have it."""

    id: int
    source: str
    key: str
    envelope: str
    """JSON."""
    size: int
    received_at: datetime
    attempts: int
    outcome: str
    reason: str
    case_id: int | None
    file: str | None
    """The hash of its bytes, if the file store has them."""
    raw: bytes | None = None
    """Else they are here, where one message is read alone; empty once they were dropped."""

    @property
    def dropped(self) -> bool:
        """Where one message is read alone: are its bytes gone for good?"""
        return self.raw == b"" and self.file is None


_LISTED = [inbox.c[name] for name in ListedMessage._fields if name != "raw"]


def listing(
    tx: Transaction, *, outcome: str = "", limit: int = 50, after: int | None = None
) -> list[ListedMessage]:
    """Messages for a list, newest first, without their bytes; those behind the one ``after``.

    Raises ``UnknownRow`` if there is no such one.
    """
    statement = select(*_LISTED).order_by(inbox.c.received_at.desc(), inbox.c.id.desc()).limit(limit)
    if outcome:
        statement = statement.where(inbox.c.outcome == outcome)
    if after is not None:
        statement = statement.where(older(tx, inbox.c.received_at, inbox.c.id, after))
    return [ListedMessage(*row) for row in tx.rows(statement)]


def get(tx: Transaction, inbox_id: int) -> ListedMessage | None:
    """One message, with its bytes."""
    row = tx.row(select(*_LISTED, inbox.c.raw).where(inbox.c.id == inbox_id))
    return ListedMessage(*row) if row else None


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A kept message, found by its key."""

    id: int
    outcome: str
    case_id: int | None
    envelope: Mapping[str, Any]
    received_at: datetime


def find(tx: Transaction, source: str, key: str) -> KeptMessage | None:
    """The message kept under a key, or None."""
    columns = (inbox.c.id, inbox.c.outcome, inbox.c.case_id, inbox.c.envelope, inbox.c.received_at)
    row = tx.row(select(*columns).where(inbox.c.source == source, inbox.c.key == key))
    if row is None:
        return None
    return KeptMessage(row.id, row.outcome, row.case_id, json.loads(row.envelope), row.received_at)


def changes(tx: Transaction, source: str, key: str) -> dict[str, str]:
    """The later messages whose keys continue this one's, ``KEY/…``: their outcomes by key."""
    first = tx.value(select(inbox.c.id).where(inbox.c.source == source, inbox.c.key == key))
    later = select(inbox.c.key, inbox.c.outcome).where(
        inbox.c.id > (first or 0), inbox.c.source == source, _continues(tx, key)
    )
    return {row.key: row.outcome for row in tx.rows(later)}


def _continues(tx: Transaction, key: str) -> ColumnElement[bool]:
    """A range, where keys are in the order of their bytes: it is looked up in their index."""
    if tx.connection.dialect.name == "sqlite":
        return and_(inbox.c.key > f"{key}/", inbox.c.key < f"{key}0")  # 0 follows / in ASCII
    return inbox.c.key.startswith(f"{key}/", autoescape=True)


def raw_of(tx: Transaction, inbox_id: int) -> bytes:
    """The bytes of a message that the database holds; empty if the file store has them."""
    return bytes(tx.value(select(inbox.c.raw).where(inbox.c.id == inbox_id)) or b"")


def waiting(tx: Transaction) -> tuple[int, datetime | None]:
    """How many messages wait, and since when the oldest does."""
    row = tx.row(select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.due_at.is_not(None)))
    return int(row[0]), row[1]


def backlog(tx: Transaction, most: int) -> int:
    """How many messages wait, counted up to ``most``: cheap, however many there are."""
    waiting_rows = select(inbox.c.due_at).where(inbox.c.due_at.is_not(None)).limit(most).subquery()
    return int(tx.value(select(func.count()).select_from(waiting_rows)))


def last_received(tx: Transaction, source: str, *, before: datetime) -> datetime | None:
    """When a source's newest message before this moment came."""
    rows = select(inbox.c.received_at).where(inbox.c.source == source, inbox.c.received_at < before)
    received: datetime | None = tx.value(rows.order_by(inbox.c.id.desc()).limit(1))
    return received
