"""Entries of a case: what was said, its files, and the anchors that lead back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Select,
    String,
    Table,
    Text,
    bindparam,
    func,
    literal_column,
    select,
    update,
)

from store.cases.case import case, whole
from store.cases.participant import participant
from store.engine.columns import Id, Moment, constants, metadata, new_id
from store.engine.transaction import InQuery, Transaction
from store.people.names import first_address
from store.people.person import person

TAKEN_BACK = "taken back"
"""The kind of an entry that was to be sent to customers and was not."""
entry = Table(
    "entry",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("case_id", ForeignKey("support_case.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("visibility", String(10), nullable=False),  # public, internal
    Column("kind", String(12), nullable=False),  # said, automatic, unverified, spam
    Column("channel", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("rest", Text, nullable=False, default="[]"),  # JSON: the other parts, [kind, text] each
    Column("received_at", Moment, nullable=False),
    Column("inbox_id", Id),
    Column("message_id", String(255), nullable=False, default=""),
    CheckConstraint("visibility IN ('public','internal')", name="visibility"),
)
Index(
    "ix_entry_unverified",
    entry.c.case_id,
    sqlite_where=entry.c.kind == literal_column("'unverified'"),
    postgresql_where=entry.c.kind == literal_column("'unverified'"),
)
anchor = Table(
    "anchor",
    metadata,
    Column("value", String(255), primary_key=True),  # a Message-ID without its brackets
    Column("case_id", ForeignKey("support_case.id"), nullable=False, index=True),
    info={"first stays": True},
)


class Entry(NamedTuple):
    """An entry of a case, and who wrote it."""

    id: int
    case_id: int
    person_id: int
    visibility: str
    kind: str
    channel: str
    text: str
    rest: str
    received_at: datetime
    inbox_id: int | None
    message_id: str
    person_name: str
    person_role: str
    address: str
    """The first of theirs, by channel."""

    @property
    def folded(self) -> str:
        return folded(json.loads(self.rest), self.text)


def folded(rest: Iterable[Sequence[str]], text: str) -> str:
    """Return the forwarded or quoted text among an entry's other parts, unless it equals ``text``."""
    below = "\n".join(words for kind, words in rest if kind == "folded").strip()
    return "" if below == text else below


class LatestEntry(NamedTuple):
    """What somebody said in public: the words, and who it was."""

    text: str
    person_id: int
    received_at: datetime
    case_id: int
    name: str
    role: str


def say(
    tx: Transaction,
    case_id: int,
    *,
    person_id: int,
    visibility: str,
    text: str,
    kind: str = "said",
    channel: str = "email",
    rest: Sequence[tuple[str, str]] = (),
    received_at: datetime,
    inbox_id: int | None = None,
    message_id: str = "",
) -> int:
    """Write an entry; returns its id."""
    entry_id = new_id()
    tx.add(
        entry, id=entry_id, case_id=case_id, person_id=person_id, visibility=visibility, kind=kind,
        channel=channel, text=text, rest=json.dumps(rest, ensure_ascii=False) if rest else "[]",
        received_at=received_at, inbox_id=inbox_id, message_id=message_id[:255],
    )  # fmt: skip
    return entry_id


_OF_MESSAGE = select(entry.c.id, entry.c.visibility, entry.c.kind).where(
    entry.c.case_id == bindparam("case_id"), entry.c.inbox_id == bindparam("inbox_id")
)


def of_message(tx: Transaction, case_id: int, inbox_id: int) -> Sequence[Any]:
    """What one message made on a case: rows of ``id, visibility, kind``."""
    return tx.rows(_OF_MESSAGE, {"case_id": case_id, "inbox_id": inbox_id})


def visibilities(tx: Transaction, case_id: int, inbox_id: int) -> list[str]:
    """The visibility of each entry that one message made on a case, without what was taken back."""
    rows = of_message(tx, case_id, inbox_id)
    return [str(row.visibility) for row in rows if row.kind != TAKEN_BACK]


_INTERNAL = (
    select(entry.c.person_id, func.substr(entry.c.text, 1, 1 << 16).label("text"))
    .where(entry.c.case_id == bindparam("case_id"), entry.c.visibility == "internal")
    .order_by(entry.c.id.desc())
    .limit(200)
)


def internal_texts(tx: Transaction, case_id: int) -> Sequence[Any]:
    """Return rows of ``person_id, text`` of the last internal entries on a case, newest first and cut."""
    return tx.rows(_INTERNAL, {"case_id": case_id})


_VISIBLE = InQuery(select(entry.c.visibility), entry.c.id)


def visibilities_of(tx: Transaction, ids: Sequence[int]) -> list[str]:
    """The visibility of each of these entries."""
    return [str(row[0]) for row in _VISIBLE.rows(tx, ids)]


def remember(tx: Transaction, case_id: int, message_ids: Iterable[str]) -> None:
    """Make Message-IDs lead to a case from now on; one that already leads somewhere stays."""
    followed = _followed(tx)
    for value in dict.fromkeys(map(bare, message_ids)):
        if value:
            tx.add(anchor, value=value, case_id=case_id)
            if value in followed:
                followed[value] = followed[value] or case_id


_FOLLOW = select(anchor.c.value, func.coalesce(case.c.merged_id, case.c.id)).join_from(anchor, case)
_IDS = InQuery(_FOLLOW, anchor.c.value)


def _followed(tx: Transaction) -> dict[str, int | None]:
    """This transaction's cache of Message-IDs: the case of each, or None."""
    return tx.once("followed", dict)


def follow(tx: Transaction, message_ids: Iterable[str]) -> dict[str, int]:
    """The cases that Message-IDs lead to: ``{bare id: case}``, never a case that was merged.

    Each is looked up once a transaction, so that many may be asked for at once before they are needed one by
    one.
    """
    followed = _followed(tx)
    wanted = dict.fromkeys(map(bare, message_ids))
    unknown = [value for value in wanted if value not in followed]
    if unknown:
        followed |= dict.fromkeys(unknown)
        followed |= {row[0]: row[1] for row in _IDS.rows(tx, unknown)}
    return {value: case for value in wanted if (case := followed[value])}


def unfollow(tx: Transaction) -> None:
    """Clear this transaction's cache of Message-IDs, which lead elsewhere now."""
    _followed(tx).clear()


def bare(message_id: str) -> str:
    """A Message-ID as it is stored: without brackets, 255 characters at most."""
    return message_id.strip().strip("<>")[:255]


_WITH_AUTHORS = select(
    entry,
    person.c.name.label("person_name"),
    person.c.role.label("person_role"),
    first_address(entry.c.person_id).label("address"),
).join_from(entry, person, entry.c.person_id == person.c.id)
_ENTRIES = _WITH_AUTHORS.where(entry.c.case_id.in_(whole())).order_by(entry.c.received_at, entry.c.id)


def entries(tx: Transaction, case_id: int) -> list[Entry]:
    """The entries of a case and its parts by (received_at, id)."""
    return [Entry(*row) for row in tx.rows(_ENTRIES, {"case_id": case_id})]


_FIRST = _WITH_AUTHORS.where(entry.c.case_id == bindparam("case_id")).order_by(entry.c.id).limit(1)


def first(tx: Transaction, case_id: int) -> Entry | None:
    """The entry that a case, without its parts, was opened with; None if it has none."""
    row = tx.row(_FIRST, {"case_id": case_id})
    return Entry(*row) if row else None


_SAID = (
    select(entry.c.id)
    .where(entry.c.case_id.in_(whole()), entry.c.message_id == bindparam("message_id"))
    .limit(1)
)


def has_said(tx: Transaction, case_id: int, message_id: str) -> bool:
    """Has the case, or a part of it, an entry with this Message-ID already?"""
    values = {"case_id": case_id, "message_id": message_id[:255]}
    return tx.row(_SAID, values) is not None


_SAID_TO = (
    select(func.coalesce(case.c.merged_id, case.c.id))
    .join_from(participant, case, participant.c.case_id == case.c.id)
    .join(entry, entry.c.case_id == case.c.id)
    .where(participant.c.person_id == bindparam("person_id"), entry.c.message_id == bindparam("message_id"))
    .order_by(entry.c.id.desc())
    .limit(1)
)


def said_to(tx: Transaction, person_id: int, message_id: str) -> int | None:
    """The newest of this person's cases with a mail of this Message-ID, wherever else the id leads."""
    values = {"person_id": person_id, "message_id": f"<{bare(message_id)}>"[:255]}
    case: int | None = tx.value(_SAID_TO, values)
    return case


OPEN_KINDS = ("said", "workaround")
"""What customers read of public entries: what people said, not what was only kept."""
_LAST_PUBLIC = (
    select(
        entry.c.text, entry.c.person_id, entry.c.received_at, entry.c.case_id, person.c.name, person.c.role
    )
    .join_from(entry, person, entry.c.person_id == person.c.id)
    .where(entry.c.case_id.in_(whole()), entry.c.visibility == "public")
    .where(entry.c.kind.in_(constants(*OPEN_KINDS)))
    .order_by(entry.c.received_at.desc(), entry.c.id.desc())
    .limit(bindparam("most"))
)


def latest(tx: Transaction, case_id: int, most: int) -> list[LatestEntry]:
    """The last public entries that people said, newest first."""
    return [LatestEntry(*row) for row in tx.rows(_LAST_PUBLIC, {"case_id": case_id, "most": most})]


def cases_unverified() -> Select[tuple[int]]:
    """A subselect: cases with a message of which nobody has decided, there or on a merged case."""
    on = case.alias("unsure")  # whatever statement it stands in may name the cases itself
    return (
        select(func.coalesce(on.c.merged_id, on.c.id))
        .join_from(entry, on, entry.c.case_id == on.c.id)
        .where(entry.c.kind == literal_column("'unverified'"))  # as its index says it
    )


_MOVE = update(entry).where(entry.c.id == bindparam("the_entry")).values(case_id=bindparam("to"))
_LEAD = (
    update(anchor)
    .where(anchor.c.value == bindparam("the_value"), anchor.c.case_id == bindparam("before"))
    .values(case_id=bindparam("to"))
)
_MARK = (
    update(entry)
    .where(entry.c.id == bindparam("the_entry"))
    .values(kind=bindparam("as_kind"), visibility=bindparam("as_visibility"))
)


def move(tx: Transaction, entry_id: int, to: int, *, before: int, message_id: str) -> None:
    """Move an entry from the case ``before`` to the case ``to``; answers follow.

    They do not if its Message-ID led to a third case all the time: some programs use one twice.
    """
    tx.run(_MOVE, {"the_entry": entry_id, "to": to})
    if message_id:
        tx.run(_LEAD, {"the_value": bare(message_id), "before": before, "to": to})
        unfollow(tx)


def mark(tx: Transaction, entry_id: int, *, kind: str, visibility: str) -> None:
    """Set an entry's kind (``said``, ``automatic``, ``unverified``, ``spam``) and its visibility."""
    values = {"the_entry": entry_id, "as_kind": kind, "as_visibility": visibility}
    tx.run(_MARK, values)
