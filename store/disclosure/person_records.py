"""What is held of a person beside their cases: account, drafts, saved replies, mails in and out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from store.cases.entry import entry
from store.cases.participant import participant
from store.channel_state import door
from store.engine.transaction import Transaction
from store.erasure import queue_bytes
from store.erasure.data_subject import DataSubject, is_named
from store.people.absence import absence
from store.people.account import account
from store.people.blocked_sender import blocked
from store.people.person import person
from store.people.snippet import snippet
from store.queues import outbox_body
from store.queues.inbox import inbox
from store.queues.outbox import outgoing

Record = dict[str, Any]
_ROWS = 100


def of(tx: Transaction, who: DataSubject) -> Record:
    """All that is held of them apart from cases and messages."""
    person_id = who.ids[0]
    row = tx.row(select(person).where(person.c.id == person_id))
    name = tx.value(select(account.c.name).where(account.c.id == row.account_id)) if row.account_id else ""
    return {
        "id": person_id,
        "name": row.name,
        "role": row.role,
        "active": row.active,
        "proven": row.known,
        "language": row.language,
        "time_zone": row.time_zone,
        "telephone": row.phone,
        "met_at": row.created_at,
        "account": name,
        "addresses": [{"channel": channel, "address": address} for channel, address in who.addresses],
        "other_telephones": sorted(set(who.phones) - {row.phone}),
        "former_ids": list(who.ids[1:]),
        "takes_part_in": _parts(tx, person_id),
        "blocked": _blocks(tx, who),
        "saved_replies": _listed(tx, snippet, person_id, "name", "text", "saved_at"),
        "absence": _listed(tx, absence, person_id, "since", "until"),
        "unfinished_forms": _states(tx, who),
    }


def _listed(tx: Transaction, table: Any, person_id: int, *names: str) -> list[Record]:
    rows = tx.rows(select(*[table.c[name] for name in names]).where(table.c.person_id == person_id))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _parts(tx: Transaction, person_id: int) -> list[Record]:
    names = ("case_id", "role", "since", "channel", "address", "place")
    rows = tx.rows(
        select(*[participant.c[name] for name in names])
        .where(participant.c.person_id == person_id)
        .order_by(participant.c.case_id)
    )
    return [dict(zip(("case", *names[1:]), row, strict=True)) for row in rows]


def _blocks(tx: Transaction, who: DataSubject) -> list[Record]:
    rows = [
        (channel, address, at)
        for channel, address in who.addresses
        for (at,) in tx.rows(
            select(blocked.c.at).where(blocked.c.channel == channel, blocked.c.address == address)
        )
    ]
    return [{"channel": channel, "address": address, "since": at} for channel, address, at in rows]


def _states(tx: Transaction, who: DataSubject) -> list[Record]:
    """What channels remember under their address."""
    return [
        {"name": name, "state": json.loads(state)}
        for name, state in tx.rows(select(door.c.name, door.c.state))
        if is_named(who, name)
    ]


class KeptBytes(NamedTuple):
    """A message as it came or as it was sent: its bytes, or the file that has them."""

    id: int
    channel: str
    at: datetime
    content: bytes
    file: str | None


def received(tx: Transaction, who: DataSubject, *, after: int) -> tuple[list[KeptBytes], int]:
    """Messages that they sent us, among the next few, and the last id that was looked at (0: the end)."""
    theirs = select(entry.c.inbox_id).where(entry.c.person_id == who.ids[0], entry.c.inbox_id.is_not(None))
    columns = (inbox.c.id, inbox.c.source, inbox.c.received_at, inbox.c.raw, inbox.c.file, inbox.c.envelope)
    here = or_(inbox.c.id.in_(theirs), inbox.c.case_id.is_(None))
    rows = tx.rows(
        select(*columns, inbox.c.id.in_(theirs).label("said"))
        .where(here, inbox.c.id > after, inbox.c.size > 0)
        .order_by(inbox.c.id)
        .limit(_ROWS)
    )
    own = [row for row in rows if row.said or queue_bytes.is_from(who, row)]
    messages = [
        KeptBytes(row.id, row.source, row.received_at, bytes(row.raw or b""), row.file) for row in own
    ]
    return messages, rows[-1].id if rows else 0


def sent(tx: Transaction, who: DataSubject) -> Iterator[KeptBytes]:
    """Messages that we sent to them, one at a time."""
    here = (outgoing.c.person_id == who.ids[0], outgoing.c.payload != b"", outgoing.c.key == "")
    ids: Sequence[Any] = tx.rows(select(outgoing.c.id).where(*here).order_by(outgoing.c.id))
    for (row_id,) in ids:
        columns = (outgoing.c.channel, outgoing.c.created_at)
        row = tx.row(select(*columns).where(outgoing.c.id == row_id))
        yield KeptBytes(row_id, row.channel, row.created_at, outbox_body.bytes_of(tx, row_id), None)
