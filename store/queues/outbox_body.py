"""Bodies of deliveries: what several say alike is stored once, compressed, while one needs it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    ScalarSelect,
    Table,
    Text,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    update,
)

from store.engine.columns import Id, metadata
from store.engine.packed import packed_notice, unpacked
from store.engine.transaction import Transaction
from store.queues.outbox import Outgoing, outgoing

outgoing_body = Table(
    "outgoing_body",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("blanks", Text, nullable=False),  # JSON: where each delivery's own words go
    Column("content", LargeBinary, nullable=False),  # packed (store.engine.packed)
)


@dataclass(frozen=True, slots=True)
class FrozenMessage:
    """The bytes of a delivery: what is its reader's own, and the body that all get who are told the same."""

    head: bytes
    """All of it, where there is no body apart."""
    body_id: int | None = None
    """The same for all readers: the id of the first delivery."""
    blanks: Sequence[int] = ()
    """Where in ``content`` something goes that is each reader's own: offsets, ascending."""
    content: bytes = b""
    fillings: Sequence[bytes] = ()
    """What goes there, in the same order; ASCII."""

    @property
    def whole(self) -> bytes:
        """The bytes as they are sent."""
        return self.head + filled(self.content, self.blanks, self.fillings)

    @property
    def own(self) -> bytes:
        """What is stored with the delivery itself."""
        if self.body_id is None:
            return self.head
        return b"\0".join((*self.fillings, self.head))  # no mail has that


def add(tx: Transaction, message: FrozenMessage) -> int | None:
    """Store the body, once in a transaction; returns its id, if there is one."""
    if message.body_id is None:
        return None
    stored: set[int] = tx.once("bodies", set)
    if message.body_id not in stored:
        stored.add(message.body_id)
        content = packed_notice(message.content)
        tx.add(outgoing_body, id=message.body_id, blanks=json.dumps(message.blanks), content=content)
    return message.body_id


def whole(own: bytes, blanks: str | None, content: bytes | None) -> bytes:
    """The bytes of a delivery from what is stored of it: ``own`` itself, where it has no body apart."""
    if blanks is None or content is None:
        return own
    *fillings, head = own.split(b"\0")
    return head + filled(unpacked(content), json.loads(blanks), fillings)


def filled(content: bytes, blanks: Sequence[int], fillings: Sequence[bytes]) -> bytes:
    """The bytes, with what goes into their blanks."""
    edges = zip((0, *blanks), (*blanks, len(content)), strict=True)
    pieces = [content[start:end] for start, end in edges]
    return b"".join(chain.from_iterable(zip(pieces, (*fillings, b""), strict=True)))


def _of_body(column: Column[Any]) -> ScalarSelect[Any]:
    query = select(column).where(outgoing_body.c.id == outgoing.c.body_id)
    return query.correlate(outgoing).scalar_subquery()


BLANKS, CONTENT = _of_body(outgoing_body.c.blanks), _of_body(outgoing_body.c.content)
"""Columns of a delivery's body, for ``whole``; NULL where it has none apart."""
_BYTES = select(outgoing.c.payload, BLANKS, CONTENT).where(outgoing.c.id == bindparam("the_id"))


def bytes_of(tx: Transaction, row_id: int) -> bytes:
    """The bytes of a delivery; ``b""`` where they are not kept."""
    payload, blanks, content = tx.row(_BYTES, {"the_id": row_id})
    return whole(bytes(payload), blanks, content)


def with_bytes(row: Outgoing, blanks: str | None, content: bytes | None) -> Outgoing:
    """A delivery as it was read, with its bytes as they are sent."""
    return (
        row
        if row.payload is None or content is None
        else changed(row, payload=whole(row.payload, blanks, content))
    )


def replace(tx: Transaction, *which: ColumnElement[bool], **values: Any) -> None:
    """Write ``values``, and another ``payload``, to deliveries; a body goes with the last that needs it."""
    ids = [row[0] for row in tx.rows(select(outgoing.c.body_id).where(*which, _APART).distinct())]
    tx.run(update(outgoing).where(*which).values(body_id=None, **values))
    drop(tx, ids)


def drop(tx: Transaction, ids: Collection[int]) -> None:
    """Delete those of these bodies that no delivery needs."""
    for body_id in ids:
        tx.run(_UNNEEDED, {"the_body": body_id})


_APART = outgoing.c.body_id.is_not(None)
_UNNEEDED = delete(outgoing_body).where(
    outgoing_body.c.id == bindparam("the_body"),
    ~exists(select(literal_column("1")).where(outgoing.c.body_id == bindparam("the_body"))),
)
_SENT = (
    select(outgoing.c.id, outgoing.c.body_id)
    .where(_APART, outgoing.c.body_id > bindparam("after"), outgoing.c.outcome == "sent")
    .where(outgoing.c.settled_at < bindparam("before"))
    .order_by(outgoing.c.body_id)
    .limit(bindparam("most"))
)


def sent_before(tx: Transaction, before: datetime) -> int:
    """How many mails that were sent before then are still there as they were sent."""
    sent = (_APART, outgoing.c.outcome == "sent", outgoing.c.settled_at < before)
    return int(tx.value(select(func.count()).select_from(outgoing).where(*sent)))


def drop_sent(tx: Transaction, before: datetime, *, after: int, most: int) -> tuple[int, int]:
    """Drop the copies of mails that were sent before then, the oldest first.

    Returns how many, and after which body to go on (0: there are no more). What did not arrive keeps its bytes.
    """
    rows = tx.rows(_SENT, {"before": before, "after": after, "most": most})
    if not rows:
        return 0, 0
    tx.run(
        update(outgoing).where(outgoing.c.id.in_([row.id for row in rows])).values(payload=b"", body_id=None)
    )
    drop(tx, {row.body_id for row in rows})
    return len(rows), rows[-1].body_id - 1 if len(rows) == most else 0  # others may have the last one, too
