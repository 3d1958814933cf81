"""Bounced deliveries: what reports say of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from store.engine.transaction import Transaction
from store.queues.outbox import outgoing

BEFORE = {
    "delayed": ("sent",),
    "complained": ("sent", "delayed"),
    "failed": ("sent", "delayed", "waiting"),
}
"""For each outcome, those that it may follow; so a report that comes again changes nothing."""


@dataclass(frozen=True, slots=True)
class ReportedDelivery:
    """A delivery that a bounce may be about."""

    case_id: int | None
    person_id: int | None
    notice: str
    recipient: str


_ONE = select(*[outgoing.c[name] for name in ReportedDelivery.__slots__]).where(
    outgoing.c.id == bindparam("the_id"), outgoing.c.key == ""
)
_REPORT = (
    update(outgoing)
    .where(outgoing.c.id == bindparam("the_id"))
    .where(outgoing.c.outcome.in_(bindparam("before", expanding=True)))
    .values(
        outcome=bindparam("after"), reason=bindparam("why"), settled_at=bindparam("at"), due_at=None,
        fence=outgoing.c.fence + 1,
    )
)  # fmt: skip


def delivery(tx: Transaction, row_id: int) -> ReportedDelivery | None:
    """A delivery to a person, whatever its outcome."""
    row = tx.row(_ONE, {"the_id": row_id}) if 0 < row_id < 1 << 63 else None
    return ReportedDelivery(*row) if row else None


def report(tx: Transaction, row_id: int, outcome: str, reason: str, *, now: datetime) -> bool:
    """Write what was reported; False if that, or something final, is known already.

    A delivery that still waits was accepted by some server all the same: it is not tried again.
    """
    values = {
        "the_id": row_id,
        "before": list(BEFORE[outcome]),
        "after": outcome,
        "why": reason[:2000],
        "at": now,
    }
    return tx.run(_REPORT, values) == 1
