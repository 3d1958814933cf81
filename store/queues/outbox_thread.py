"""Message-IDs exchanged with one person on a case, for References."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, literal, select, union_all

from store.cases.case import whole
from store.cases.entry import entry
from store.engine.columns import constants
from store.engine.transaction import Transaction
from store.queues.outbox import GATHERED, GATHERING, WITHDRAWN, outgoing

_THREAD = union_all(
    select(outgoing.c.id, outgoing.c.message_id, outgoing.c.notice, outgoing.c.created_at).where(
        outgoing.c.case_id.in_(whole()), outgoing.c.person_id == bindparam("person_id"),
        outgoing.c.outcome.not_in(constants(GATHERING, GATHERED, WITHDRAWN)),
    ),
    select(entry.c.id, entry.c.message_id, literal(""), entry.c.received_at).where(
        entry.c.case_id.in_(whole()),
        entry.c.person_id == bindparam("person_id"),
        entry.c.message_id != "",
        entry.c.kind == "said",
    ),
)  # fmt: skip


class ThreadMessage(NamedTuple):
    """A message of a thread: its Message-ID, the notice (``""``: it was said to us), and when."""

    id: int
    message_id: str
    notice: str
    at: datetime


def between(tx: Transaction, case_id: int, person_id: int) -> list[ThreadMessage]:
    """The messages that we and one person exchanged on a case and its parts, oldest first."""
    rows = tx.rows(_THREAD, {"case_id": case_id, "person_id": person_id})
    return sorted(ThreadMessage(*row) for row in rows)
