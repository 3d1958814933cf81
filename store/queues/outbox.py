"""The outbox: bytes frozen in the transaction that causes them, sent afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy import case as when

from store.cases.thread import Thread, begin
from store.engine.announcement import OUTBOX
from store.engine.clock import NEVER, Instant
from store.engine.columns import Id, Moment, metadata
from store.engine.keyset import older
from store.engine.lease import held
from store.engine.transaction import InQuery, Transaction

EPHEMERAL = "shown in passing"
"""The reason of what was sent, but stands nowhere (an ephemeral message): its reader may have missed it."""

ALONG = "along"
"""The outcome of a delivery whose reader reads along with another one, whose id is its reason."""

WITHDRAWN = "withdrawn"
"""The outcome of a delivery that was taken back before it was made (``dispatch.py``)."""

ON_ITS_WAY = "changed while it was on its way"
"""Why a refresh waits that somebody has in their hands in an older state: it is free once that one is done."""

GATHERING, GATHERED = "gathering", "gathered"
"""Outcomes of a notice that waits for its batch (``outbox_batch.py``), and of one sent in another's mail, whose id is
its reason."""

outgoing = Table(
    "outgoing",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("channel", String(20), nullable=False),
    Column("case_id", ForeignKey("support_case.id"), index=True),
    Column("person_id", ForeignKey("person.id")),  # NULL: not to one person, but to a place
    Column("notice", String(40), nullable=False),
    Column("key", String(100), nullable=False, default=""),  # of a refresh: what is to be shown anew
    Column("recipient", String(320), nullable=False),
    Column("bounce_to", String(320), nullable=False, default=""),
    Column("message_id", String(255), nullable=False, unique=True),
    Column("payload", LargeBinary, nullable=False),  # of a mail with a body: what is its reader's own
    Column("body_id", ForeignKey("outgoing_body.id")),  # NULL: the payload is all of it
    Column("lines", LargeBinary, nullable=False, default=b""),  # 8-byte hashes of the lines we said
    Column("created_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Moment),  # NULL: settled. A lease is the due time moved on
    Column("fence", Integer, nullable=False, default=0),
    Column("outcome", String(12), nullable=False, default="waiting"),  # waiting, sent, dead, along, …,
    # and what was reported after it was sent: delayed, failed, complained
    Column("reason", Text, nullable=False, default=""),
    Column("settled_at", Moment),
    Column("place", String(200), nullable=False, default=""),  # where it stands, once it does
)
Index(
    "ix_outgoing_due",
    outgoing.c.due_at,
    sqlite_where=outgoing.c.due_at.is_not(None),
    postgresql_where=outgoing.c.due_at.is_not(None),
)
Index(
    "uq_outgoing_channel_key",
    outgoing.c.channel,
    outgoing.c.key,
    unique=True,
    sqlite_where=outgoing.c.key != "",
    postgresql_where=outgoing.c.key != "",
)
Index(
    "ix_outgoing_body",
    outgoing.c.body_id,
    sqlite_where=outgoing.c.body_id.is_not(None),
    postgresql_where=outgoing.c.body_id.is_not(None),
)
Index("ix_outgoing_outcome", outgoing.c.outcome, outgoing.c.created_at)
Index("ix_outgoing_created", outgoing.c.created_at, outgoing.c.id)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery to one recipient, in the hands of the holder of ``fence``."""

    id: int
    channel: str
    recipient: str
    bounce_to: str
    payload: bytes | None
    """None where it was left in the store, to spare memory (``outbox_body.bytes_of``)."""
    created_at: datetime
    attempts: int
    fence: int
    case_id: int | None = None
    key: str = ""
    """Of a refresh: what is to be shown anew; there is one row for it, for ever."""
    place: str = ""
    """Where it stands already."""
    notice: str = ""
    leased: Instant = field(default=NEVER, compare=False, repr=False, kw_only=True)
    """When its lease was written, or a little earlier."""


COLUMNS = tuple(name for name in Outgoing.__slots__ if name != "leased")


def post(
    tx: Transaction,
    row: Outgoing,
    *,
    person_id: int | None,
    notice: str,
    message_id: str,
    lines: bytes,
    due_at: datetime,
    along: int = 0,
    outcome: str = "waiting",
    own: bytes | None = None,
    body_id: int | None = None,
) -> None:
    """Put a delivery into the outbox; with a fence and due later, it is born leased to the caller.

    ``along``: the delivery in a shared thread that this reader reads; this one is not made unless that one
    fails. ``own`` and ``body_id``: what is stored of its bytes (``outbox_body.MergedMail``); else they are.
    """
    tx.add(
        outgoing, id=row.id, channel=row.channel, case_id=row.case_id, person_id=person_id, notice=notice,
        recipient=row.recipient, bounce_to=row.bounce_to, message_id=message_id,
        payload=row.payload if own is None else own, body_id=body_id,
        lines=lines, created_at=row.created_at, attempts=row.attempts, due_at=None if along else tx.due(due_at),
        fence=row.fence, outcome=ALONG if along else outcome, reason=str(along) if along else "",
        settled_at=row.created_at if along else None, key=row.key, place=row.place,
    )  # fmt: skip


_KEYED = outgoing.c.key != literal_column("''")
"""Said as the index says it: a parameter in place of ``''`` would keep SQLite from using that."""
_REFRESHED = (
    select(*[outgoing.c[name] for name in COLUMNS], outgoing.c.settled_at)
    .where(outgoing.c.channel == bindparam("channel"), outgoing.c.key == bindparam("key"), _KEYED)
)  # fmt: skip
_NEXT = bindparam("next", type_=Moment())
_IN_HANDS = and_(
    outgoing.c.settled_at.is_(None),
    outgoing.c.fence > 0,
    outgoing.c.reason.in_(("", ON_ITS_WAY)),
    outgoing.c.due_at > _NEXT,
)
_AGAIN = (
    update(outgoing)
    .where(outgoing.c.id == bindparam("the_id"))
    .values(
        due_at=when((_IN_HANDS, outgoing.c.due_at), else_=_NEXT), outcome="waiting",
        fence=when((and_(_IN_HANDS, outgoing.c.reason == ON_ITS_WAY), outgoing.c.fence), else_=outgoing.c.fence + 1),
        reason=when((_IN_HANDS, ON_ITS_WAY), else_=""), settled_at=None,
        attempts=when((outgoing.c.settled_at.is_(None), outgoing.c.attempts), else_=bindparam("tries")),
        recipient=bindparam("to"), created_at=bindparam("since"),
    )
)  # fmt: skip
"""Of what is not settled the tries stay, and the lease: somebody may have taken it up since it was read.

Whoever has it in their hands loses it by the first change; the fence stays one above theirs (``free``).
"""


def refresh(
    tx: Transaction, row: Outgoing, *, notice: str, now: datetime, until: datetime, interval: timedelta
) -> Outgoing | None:
    """Put a refresh into the outbox, once for all changes up to its delivery.

    The row, leased to the caller ``until`` then; None if it has to wait (``interval`` between two deliveries
    at least), or is postponed already: then it is claimed when it is due. Whoever is delivering an older state
    loses the row, and nobody else takes it up before they are done (``free``), or their lease is over.
    """
    stored = tx.row(_REFRESHED, {"channel": row.channel, "key": row.key})
    if stored is None:
        message_id = f"{row.channel}:{row.key}"
        post(
            tx, row, person_id=None, notice=notice, message_id=message_id, lines=b"", due_at=until
        )  # fmt: skip
        return row
    *values, settled_at = stored
    before = Outgoing(*values, leased=tx.began)
    rests = max(settled_at + interval, now) if settled_at else now + interval
    at_once = settled_at is not None and rests == now
    since = now if before.place else before.created_at  # what may have arrived, unknown to us, is looked for
    again = replace(before, recipient=row.recipient, created_at=since, attempts=1, fence=before.fence + 1)
    after = {"the_id": before.id, "next": tx.due(until if at_once else rests), "tries": int(at_once)}
    tx.run(_AGAIN, {**after, "to": again.recipient, "since": since})
    return again if at_once else None


_FREE = (
    update(outgoing)
    .where(outgoing.c.id == bindparam("the_id"), outgoing.c.settled_at.is_(None))
    .where(outgoing.c.reason == ON_ITS_WAY, outgoing.c.fence == bindparam("the_fence") + 1)
    .values(due_at=bindparam("next"), reason="")
)


def free(tx: Transaction, deliveries: Sequence[tuple[Outgoing, datetime]]) -> list[None]:
    """Let others take up what changed while these were on their way, from a moment on.

    All else stays as it is, also what somebody else has in their hands by now.
    """
    if deliveries:
        values = [{"the_id": row.id, "the_fence": row.fence, "next": tx.due(at)} for row, at in deliveries]
        tx.run(_FREE, values)
    return [None] * len(deliveries)


_BEFORE = (
    select(*outgoing.c["id", "due_at", "reason", "fence", "attempts", "created_at"])
    .where(outgoing.c.case_id == bindparam("case"), outgoing.c.channel == bindparam("channel"))
    .where(outgoing.c.recipient == bindparam("to"), outgoing.c.key == "")
    .where(outgoing.c.id < bindparam("the_id"), outgoing.c.due_at.is_not(None))
    .order_by(outgoing.c.id)
)


@dataclass(frozen=True, slots=True)
class EarlierDelivery:
    """A delivery of the same case to the same recipient that is not settled."""

    id: int
    wait: timedelta
    """How long until it is tried again; zero if a process has it in hand."""
    failing_since: datetime | None
    """When it was written; None if it only waits for a limit, for others, or for its undo window."""


def before(tx: Transaction, row: Outgoing, *, now: datetime) -> list[EarlierDelivery]:
    """Return the deliveries before this one of the same case to the same recipient, oldest first."""
    about = {"case": row.case_id, "channel": row.channel, "to": row.recipient, "the_id": row.id}
    earlier = []
    for id, due_at, put_off, fence, attempts, created_at in tx.rows(_BEFORE, about):
        waits = put_off or not fence  # nobody has ever taken it up: it may still be taken back
        wait = max(due_at - tx.due(now), timedelta(0)) if waits else timedelta(0)
        earlier.append(EarlierDelivery(id, wait, created_at if put_off and attempts else None))
    return earlier


_SETTLE = (
    held(outgoing).values(
        due_at=bindparam("next"), outcome=bindparam("outcome"), reason=bindparam("reason"),
        settled_at=bindparam("at"), attempts=outgoing.c.attempts - bindparam("untried"),
    )
)  # fmt: skip
_STANDS = update(outgoing).where(outgoing.c.id == bindparam("the_id")).values(place=bindparam("place"))


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """The outcome of one try. ``next`` is when to try again, None when it is settled."""

    row: Outgoing
    outcome: str
    reason: str
    at: datetime
    next: datetime | None = None
    place: str = ""
    """Where it stands now, in channels with places."""
    thread: Thread | None = None
    """The thread that it began."""
    apart: str = ""
    """Why those who would have read along have not."""
    untried: bool = False
    """Surely nothing has arrived: it does not count as a try."""
    unreached: bool = False
    """Dead, because its reader takes nothing by this channel."""
    delayed: Sequence[int] = ()
    """Deliveries about the same case that fail alone, which the support team does not know yet."""
    ephemeral: bool = False
    """Sent, and its reader may have missed it; its reason is ``EPHEMERAL`` then."""


def settle(tx: Transaction, outcomes: Sequence[DeliveryOutcome]) -> int:
    """Write outcomes; returns how many rows were still ours (others were taken over meanwhile)."""
    values = [
        {
            "the_id": outcome.row.id, "the_fence": outcome.row.fence, "outcome": outcome.outcome,
            "reason": outcome.reason[:2000], "at": outcome.at if outcome.next is None else None,
            "next": outcome.next and tx.due(outcome.next), "untried": int(outcome.untried),
        }
        for outcome in outcomes
    ]  # fmt: skip
    for outcome in outcomes:
        if outcome.place:  # even if the row was taken over: the message stands there, whoever posted it
            tx.run(_STANDS, {"the_id": outcome.row.id, "place": outcome.place})
        if outcome.thread:
            begin(tx, outcome.thread)
        if outcome.next is not None and outcome.next <= outcome.at:
            tx.announce(OUTBOX)
    return tx.run(_SETTLE, values) if values else 0


_READERS = InQuery(select(outgoing.c.id, outgoing.c.person_id), outgoing.c.id)
_LINES = (
    select(outgoing.c.lines)
    .where(
        outgoing.c.case_id == bindparam("case_id"),
        outgoing.c.person_id == bindparam("person_id"),
        (outgoing.c.lines != b"") | outgoing.c.outcome.in_(("sent", "delayed", "failed", "complained")),
    )
    .order_by(outgoing.c.id.desc())
    .limit(200)
)


def readers(tx: Transaction, deliveries: Sequence[int]) -> dict[int, int]:
    """Return the persons to whom these deliveries go, by delivery."""
    return {row.id: row.person_id for row in _READERS.rows(tx, deliveries) if row.person_id}


def sent_lines(tx: Transaction, case_id: int, person_id: int) -> list[bytes]:
    """Return the lines of the last deliveries to a person about a case; empty if redacted or old."""
    return [row.lines for row in tx.rows(_LINES, {"case_id": case_id, "person_id": person_id})]


def listing(
    tx: Transaction, *, outcome: str = "", limit: int = 50, after: int | None = None
) -> Sequence[Any]:
    """Deliveries for a list, newest first, without their bytes; those behind the one ``after``.

    Raises ``UnknownRow`` if there is no such one.
    """
    columns = [column for column in outgoing.c if column.name not in ("payload", "lines", "body_id")]
    statement = select(*columns).order_by(outgoing.c.created_at.desc(), outgoing.c.id.desc()).limit(limit)
    if outcome:
        statement = statement.where(outgoing.c.outcome == outcome)
    if after is not None:
        statement = statement.where(older(tx, outgoing.c.created_at, outgoing.c.id, after))
    return tx.rows(statement)


def waiting(tx: Transaction) -> tuple[int, datetime | None]:
    """How many deliveries wait, and since when the oldest does."""
    row = tx.row(select(func.count(), func.min(outgoing.c.created_at)).where(outgoing.c.due_at.is_not(None)))
    return int(row[0]), row[1]


_ON_ITS_WAY = select(outgoing.c.id).where(
    outgoing.c.channel == bindparam("of_channel"), outgoing.c.outcome == "waiting", outgoing.c.key == "",
    outgoing.c.case_id.is_not(None), outgoing.c.notice != "transcript",
)  # fmt: skip
_TO = InQuery(_ON_ITS_WAY, outgoing.c.recipient)
_NEW_CARD = select(outgoing.c.id).where(
    outgoing.c.channel == bindparam("of_channel"), outgoing.c.outcome == "waiting",
    outgoing.c.notice == "card", outgoing.c.place == "", outgoing.c.recipient == bindparam("board"),
).limit(1)  # fmt: skip


def on_its_way(tx: Transaction, channel: str, recipients: Sequence[str], *, board: str = "") -> bool:
    """Is a delivery about a case to one of these recipients pending, or perhaps already made?

    Or a new card on this ``board``.
    """
    if list(_TO.rows(tx, recipients, {"of_channel": channel})):
        return True
    return bool(board) and tx.row(_NEW_CARD, {"of_channel": channel, "board": board}) is not None
