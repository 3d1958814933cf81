"""Outcomes of deliveries: given up and tried again, bounced, suppressed beside another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, literal, literal_column, or_, select, update

from store.engine.announcement import OUTBOX
from store.engine.transaction import Transaction
from store.queues import outbox_body
from store.queues.outbox import ALONG, GATHERED, outgoing


@dataclass(frozen=True, slots=True)
class DeadDelivery:
    """A dead letter and why; to a place, if there is no person."""

    channel: str
    notice: str
    key: str
    recipient: str
    person_id: int | None
    reason: str
    payload: bytes


def given_up(tx: Transaction, row_id: int, *, outcome: str = "dead") -> DeadDelivery | None:
    """A delivery, if it is dead, or of another ``outcome``."""
    columns = [outgoing.c[name] for name in DeadDelivery.__slots__ if name != "payload"]
    row = tx.row(select(*columns).where(outgoing.c.id == row_id, outgoing.c.outcome == outcome))
    return DeadDelivery(**row._mapping, payload=outbox_body.bytes_of(tx, row_id)) if row else None


def refresh_outcome(tx: Transaction, channel: str, key: str) -> str:
    """What became of the refresh with this key (``outbox.refresh``); ``""`` if there is none."""
    which = (outgoing.c.channel == channel, outgoing.c.key == key, outgoing.c.key != "")
    return str(tx.value(select(outgoing.c.outcome).where(*which)) or "")


_HAS_BYTES = outgoing.c.payload != b""
"""It can be sent again: its bytes are kept still."""


def retry(tx: Transaction, ids: Sequence[int] | None = None, *, now: datetime) -> int:
    """Make dead and postponed deliveries due now, except those in progress; returns how many.

    A bounced one is tried again only if it is named: it would bounce again.
    """
    where = [
        outgoing.c.outcome.in_(("waiting", "dead") if ids is None else ("waiting", "dead", "failed")),
        or_(outgoing.c.reason != "", outgoing.c.due_at <= tx.due(now)),
        or_(outgoing.c.outcome == "waiting", _HAS_BYTES),
    ]
    if ids is not None:
        where.append(outgoing.c.id.in_(ids))
    tried = case((outgoing.c.attempts > 0, 1), else_=0)  # it may have arrived: whoever can, looks before
    values = {"due_at": tx.due(now), "outcome": "waiting", "attempts": tried, "settled_at": None}
    tx.announce(OUTBOX)
    return tx.run(update(outgoing).where(*where).values(**values, fence=outgoing.c.fence + 1))


_RETRY = (
    update(outgoing)
    .where(outgoing.c.id == bindparam("the_id"), outgoing.c.outcome.in_(("dead", "failed")), _HAS_BYTES)
    .values(
        outcome="waiting", due_at=bindparam("now"), attempts=1, settled_at=None, reason="",
        created_at=bindparam("since"), fence=outgoing.c.fence + 1,
    )
)  # fmt: skip


def retry_failed(tx: Transaction, row_id: int, *, now: datetime) -> bool:
    """Make a dead or bounced delivery due now, with the patience for a new one; False if it is neither."""
    tx.announce(OUTBOX)
    return tx.run(_RETRY, {"the_id": row_id, "now": tx.due(now), "since": now}) == 1


_WENT_WITH = (
    update(outgoing)
    .where(outgoing.c.id == bindparam("the_id"), outgoing.c.outcome == "dead")
    .values(outcome=GATHERED, reason=bindparam("the_other"), settled_at=bindparam("now"))
)


def went_with(tx: Transaction, row_id: int, other: int, *, now: datetime) -> None:
    """Note that what a dead delivery says was sent with another one."""
    tx.run(_WENT_WITH, {"the_id": row_id, "the_other": str(other), "now": now})


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


def reported_delivery(tx: Transaction, row_id: int) -> ReportedDelivery | None:
    """A delivery to a person, whatever its outcome."""
    row = tx.row(_ONE, {"the_id": row_id}) if 0 < row_id < 1 << 63 else None
    return ReportedDelivery(*row) if row else None


def write_report(tx: Transaction, row_id: int, outcome: str, reason: str, *, now: datetime) -> bool:
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


_APART = (
    update(outgoing)
    .where(outgoing.c.case_id == bindparam("the_case"), outgoing.c.outcome == ALONG)
    .where(outgoing.c.reason == bindparam("the_first"))
    .values(
        outcome="waiting", reason="", due_at=bindparam("now"), settled_at=None, fence=outgoing.c.fence + 1
    )
)


def apart(tx: Transaction, case_id: int, first: int, *, now: datetime) -> int:
    """Send the notices that were suppressed for the failed delivery ``first``; returns how many.

    It did not reach the place, so those who would have read it there are told separately.
    """
    return tx.run(_APART, {"the_case": case_id, "the_first": str(first), "now": tx.due(now)})


def move(tx: Transaction, channel: str, old: str, new: str) -> None:
    """Write the new address of a place (``T1/C1``) over its old one, where cards stand."""
    tx.run(
        update(outgoing)
        .where(outgoing.c.channel == channel, outgoing.c.key != literal_column("''"))
        .where(outgoing.c.place.startswith(f"{old}/", autoescape=True))
        .values(place=literal(new) + func.substr(outgoing.c.place, len(old) + 1))
    )
