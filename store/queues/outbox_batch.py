"""Batches: notices that wait to be sent as one mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Table, Text, bindparam, delete, select, update

from store.engine.columns import metadata
from store.engine.lease import of_delivery
from store.engine.transaction import Transaction
from store.queues import outbox_body
from store.queues.outbox import COLUMNS, GATHERED, GATHERING, WITHDRAWN, Outgoing, outgoing, post
from store.queues.outbox_body import FrozenMessage

draft = Table(
    "draft",
    metadata,
    Column("id", ForeignKey("outgoing.id"), primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("support_case.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("words", Text, nullable=False),  # JSON
)


@dataclass(frozen=True, slots=True)
class BatchedNotice:
    """A notice that waits to be batched, with its outbox row, which has no bytes yet."""

    row: Outgoing
    words: str
    """The notice in JSON."""


def lay_by(
    tx: Transaction, row: Outgoing, words: str, *, person_id: int, due_at: datetime, **what: Any
) -> None:
    """Store a notice until it is due, leased to nobody. ``what``: its ``notice`` and ``message_id``."""
    post(tx, row, person_id=person_id, lines=b"", due_at=due_at, outcome=GATHERING, **what)
    tx.add(draft, id=row.id, case_id=row.case_id, person_id=person_id, words=words)


_READER = select(draft.c.case_id, draft.c.person_id).where(draft.c.id == bindparam("the_id"))


def reader(tx: Transaction, row_id: int) -> tuple[int, int] | None:
    """The case and the person of a batched notice; None if it no longer waits."""
    row = tx.row(_READER, {"the_id": row_id})
    return (row[0], row[1]) if row else None


_HELD = select(outgoing.c.id).where(
    outgoing.c.id == bindparam("the_id"),
    outgoing.c.fence == bindparam("the_fence"),
    outgoing.c.due_at.is_not(None),
)


def held(tx: Transaction, row: Outgoing) -> bool:
    """Does the holder of this row's fence still hold it?"""
    return tx.value(_HELD, {"the_id": row.id, "the_fence": row.fence}) is not None


_WAITING = (
    select(*[outgoing.c[name] for name in COLUMNS], draft.c.words)
    .join_from(draft, outgoing, draft.c.id == outgoing.c.id)
    .where(draft.c.case_id == bindparam("the_case"), draft.c.person_id == bindparam("the_person"))
    .where(outgoing.c.due_at.is_not(None))
    .order_by(outgoing.c.id)
    .with_for_update()
)


def waiting(tx: Transaction, case_id: int, person_id: int) -> list[BatchedNotice]:
    """The notices that wait for one reader on one case, oldest first; locked for the transaction."""
    rows = tx.rows(_WAITING, {"the_case": case_id, "the_person": person_id})
    return [BatchedNotice(Outgoing(*row[:-1], leased=tx.began), row[-1]) for row in rows]


_MADE = (
    update(outgoing)
    .where(outgoing.c.id == bindparam("the_id"))
    .values(
        payload=bindparam("bytes"), body_id=bindparam("body"), lines=bindparam("said"),
        created_at=bindparam("now"), outcome="waiting",
        due_at=bindparam("until"), fence=outgoing.c.fence + 1, attempts=1, reason="",
    )
)  # fmt: skip
_SETTLED = (
    update(outgoing)
    .where(outgoing.c.id == bindparam("the_id"))
    .values(
        outcome=bindparam("what"), reason=bindparam("why"), due_at=None, settled_at=bindparam("now"),
        fence=outgoing.c.fence + 1,
    )
)  # fmt: skip
_DONE = delete(draft).where(draft.c.id == bindparam("the_id"))


def withdraw(tx: Transaction, case_id: int, person_id: int, *, why: str, now: datetime) -> None:
    """Send nothing of what waits for one reader on one case."""
    for notice in waiting(tx, case_id, person_id):
        _settle(tx, notice.row, WITHDRAWN, why, now)


def gather(
    tx: Transaction,
    drafts: Sequence[BatchedNotice],
    message: FrozenMessage,
    *,
    lines: bytes,
    now: datetime,
    until: datetime | None = None,
) -> Outgoing:
    """Freeze batched notices as one delivery, the first one's row, leased to the caller.

    Any process that held one of them has lost it. ``until``: it is leased to nobody, and due then.
    """
    first, *others = (notice.row for notice in drafts)
    due_at = tx.due(until or of_delivery(tx, now))
    values: dict[str, Any] = {"the_id": first.id, "bytes": message.own, "body": outbox_body.add(tx, message)}
    values |= {"said": lines, "now": now, "until": due_at}
    tx.run(_MADE, values)
    tx.run(_DONE, {"the_id": first.id})
    for row in others:
        _settle(tx, row, GATHERED, str(first.id), now)
    return replace(first, payload=message.whole, created_at=now, attempts=1, fence=first.fence + 1)


def _settle(tx: Transaction, row: Outgoing, outcome: str, reason: str, now: datetime) -> None:
    """Leave a notice out: it waits no longer."""
    tx.run(_SETTLED, {"the_id": row.id, "what": outcome, "why": reason, "now": now})
    tx.run(_DONE, {"the_id": row.id})
