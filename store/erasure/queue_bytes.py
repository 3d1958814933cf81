"""What the queues keep of a person: mails as they came, mails as they were sent, answers to requests."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from email import message_from_bytes
from email.utils import getaddresses
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, func, not_, or_, select, true, update

from store.engine.transaction import Transaction
from store.erasure.chat_messages import standing
from store.erasure.data_subject import DataSubject, SubjectCase, is_named, placeholder
from store.erasure.entries import DroppedFile
from store.queues import outbox_body
from store.queues.inbox import inbox, receipt
from store.queues.outbox import WITHDRAWN, outgoing
from store.queues.outbox_batch import draft

ROWS = 100
"""Rows of a batch."""
_CASES = 300
_HEAD = 20_000
"""Bytes in which a mail's From stands."""
ERASED = "erased"
"""The reason of a row whose bytes went."""
_ABOUT_SENDER = ("mail_from", "helo", "peer", "rcpt_tos")
"""What an envelope says of people."""


class PendingOnCase(NamedTuple):
    """Something that waits, about a case: how much."""

    case_id: int
    rows: int


def chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Case numbers, a few hundred at a time."""
    for start in range(0, len(numbers), _CASES):
        yield numbers[start : start + _CASES]


# what came in


def taken_in(tx: Transaction, numbers: Sequence[int]) -> list[PendingOnCase]:
    """Messages on these cases that are being handled just now."""
    here = (inbox.c.due_at.is_not(None), inbox.c.case_id.in_(numbers))
    rows = tx.rows(select(inbox.c.case_id, func.count()).where(*here).group_by(inbox.c.case_id))
    return [PendingOnCase(*row) for row in rows]


def kept_of_cases(tx: Transaction, numbers: Sequence[int], *, waiting: bool) -> list[int]:
    """Ids of the messages on these cases whose bytes are there; ``waiting``: of those that wait, too."""
    here = (inbox.c.case_id.in_(numbers), _settled(waiting), inbox.c.reason != ERASED)
    return [row[0] for row in tx.rows(select(inbox.c.id).where(*here))]


def kept_without_case(
    tx: Transaction, who: DataSubject, *, after: int, waiting: bool
) -> tuple[list[int], int]:
    """Ids of messages of theirs on no case, among the next few, and the last id that was looked at."""
    columns = (inbox.c.id, inbox.c.source, inbox.c.envelope, inbox.c.raw)
    here = (inbox.c.case_id.is_(None), _settled(waiting), inbox.c.id > after)
    rows = tx.rows(select(*columns).where(*here, inbox.c.reason != ERASED).order_by(inbox.c.id).limit(ROWS))
    named = [row.id for row in rows if _names(who, row)]
    return named, rows[-1].id if rows else 0


def _settled(waiting: bool) -> ColumnElement[bool]:
    return true() if waiting else inbox.c.due_at.is_(None)


def _names(who: DataSubject, row: Any) -> bool:
    """Is a kept message theirs, one of a chat that names them, or a machine's report about them?"""
    about = _is_report(row) or bytes(row.raw or b"")[:1] == b"{"
    return is_from(who, row) or (about and is_named(who, _text(row.raw)))


def is_from(who: DataSubject, row: Any) -> bool:
    """Did they send a message that is on no case (a row of the inbox)?"""
    addresses = {address for _, address in who.addresses}
    if str(json.loads(row.envelope).get("mail_from") or "").lower() in addresses:
        return True
    head = bytes(row.raw or b"")[:_HEAD]
    if head[:1] == b"{":
        return _has_author(_tree(row.raw), {address.rpartition("/")[2] for address in addresses})
    senders = getaddresses([str(value) for value in message_from_bytes(head).get_all("From", ())])
    return any(address.lower() in addresses for _, address in senders)


def _tree(raw: bytes) -> Any:
    """A chat's message; None for what only looks like one."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _has_author(message: Any, ids: Collection[str]) -> bool:
    """Has a chat's message one of these as who wrote it? Its lists (blocks, mentions) say nothing of that."""
    if not isinstance(message, dict):
        return False
    user = message.get("user", message.get("user_id"))
    author = user.get("id") if isinstance(user, dict) else user
    return str(author).lower() in ids or any(_has_author(item, ids) for item in message.values())


def _is_report(row: Any) -> bool:
    """Is it a bounce, or another mail that nobody is to answer?"""
    return bool(json.loads(row.envelope).get("mail_from") == "")


def _text(content: bytes | None) -> str:
    return bytes(content or b"").decode("utf-8", "replace")


_MESSAGES = select(
    inbox.c.id, inbox.c.source, inbox.c.key, inbox.c.file, inbox.c.envelope, inbox.c.received_at
)


def forget_messages(tx: Transaction, ids: Sequence[int]) -> list[DroppedFile]:
    """Drop the bytes of these messages, and the answers to them; returns their files."""
    files: list[DroppedFile] = []
    for row in tx.rows(_MESSAGES.where(inbox.c.id.in_(ids))):
        envelope = json.dumps(without_people(json.loads(row.envelope)))
        after = {"raw": b"", "file": None, "size": 0, "reason": ERASED, "envelope": envelope}
        after |= {"outcome": "done", "due_at": None}  # or it could be handled once more
        tx.run(update(inbox).where(inbox.c.id == row.id).values(after))
        files += [DroppedFile(row.file, row.received_at)] if row.file else []
        forget_answers(tx, [AnswerKey(row.source, row.key)])
    return files


def without_people(envelope: Mapping[str, Any]) -> dict[str, Any]:
    """An envelope without what it says of people."""
    return {key: value for key, value in envelope.items() if key not in _ABOUT_SENDER}


# what was answered to requests


class AnswerKey(NamedTuple):
    """The request that a stored answer is of."""

    source: str
    key: str


def answers_of(tx: Transaction, numbers: Sequence[int]) -> list[AnswerKey]:
    """The answers to requests on these cases that still hold what was typed."""
    begins = [receipt.c.result.startswith(f'{{"case": {number},', autoescape=True) for number in numbers]
    full = receipt.c.result.not_like('%"answered": []}')
    rows = tx.rows(select(receipt.c.source, receipt.c.key).where(or_(*begins), full))
    return [AnswerKey(*row) for row in rows]


def forget_answers(tx: Transaction, keys: Sequence[AnswerKey]) -> None:
    """Drop what these requests were answered with: their case stays, so that none has its effect twice."""
    for source, key in keys:
        here = (receipt.c.source == source, receipt.c.key == key)
        stored = tx.value(select(receipt.c.result).where(*here))
        result = json.loads(stored or "{}")
        if isinstance(result, dict) and "answered" in result:
            after = json.dumps({"case": result.get("case"), "answered": []})
            tx.run(update(receipt).where(*here).values(result=after))


# what was sent


def on_the_way(tx: Transaction, who: DataSubject, cases: Sequence[SubjectCase]) -> list[PendingOnCase]:
    """Deliveries to others that wait, about cases that others are customers of, too."""
    numbers = [on.number for on in cases if not on.sole]
    here = (outgoing.c.case_id.in_(numbers), outgoing.c.due_at.is_not(None), outgoing.c.key == "")
    others = or_(outgoing.c.person_id.is_(None), outgoing.c.person_id != who.ids[0])
    rows = tx.rows(select(outgoing.c.case_id, func.count()).where(*here, others).group_by(outgoing.c.case_id))
    return [PendingOnCase(*row) for row in rows]


def forget_deliveries_about(
    tx: Transaction, numbers: Sequence[int], who: DataSubject, *, now: datetime
) -> None:
    """Drop the bytes of what was sent about these cases, but in chats; what waits is not sent."""
    about = and_(outgoing.c.case_id.in_(numbers), outgoing.c.key == "", not_(standing()))
    _forget_deliveries(tx, about, now=now)
    _unaddress(tx, outgoing.c.case_id.in_(numbers), who)


def forget_deliveries_to(tx: Transaction, who: DataSubject, *, now: datetime) -> None:
    """Drop the bytes of whatever was sent to them, and where it went; cards and lists of theirs go.

    What stands in a chat about a case says nothing of them any more, and is still to be written anew there.
    """
    addresses = [address for _, address in who.addresses]
    tx.run(delete(outgoing).where(outgoing.c.key != "", outgoing.c.recipient.in_(addresses)))
    theirs = or_(outgoing.c.person_id == who.ids[0], outgoing.c.recipient.in_(addresses))
    _forget_deliveries(tx, and_(theirs, not_(_shown_anew())), now=now)
    _unaddress(tx, theirs, who)


def _shown_anew() -> ColumnElement[bool]:
    return and_(standing(), outgoing.c.case_id.is_not(None), outgoing.c.payload != b"")


def forget_lists(tx: Transaction) -> None:
    """Drop the bytes of lists that were sent: any of them may name a case of theirs."""
    lists = or_(outgoing.c.case_id.is_(None), outgoing.c.notice == "transcript")
    settled = and_(outgoing.c.due_at.is_(None), lists, outgoing.c.key == "")
    outbox_body.replace(tx, settled, outgoing.c.payload != b"", payload=b"", lines=b"")


def _forget_deliveries(tx: Transaction, theirs: ColumnElement[bool], *, now: datetime) -> None:
    ids = select(outgoing.c.id).where(theirs)
    tx.run(delete(draft).where(draft.c.id.in_(ids)))
    waits = {"due_at": None, "outcome": WITHDRAWN, "settled_at": now, "fence": outgoing.c.fence + 1}
    tx.run(update(outgoing).where(theirs, outgoing.c.due_at.is_not(None)).values(**waits, reason=ERASED))
    filled = or_(outgoing.c.payload != b"", outgoing.c.lines != b"", outgoing.c.reason.not_in(("", ERASED)))
    dead = {"outcome": WITHDRAWN}
    tx.run(update(outgoing).where(theirs, outgoing.c.outcome == "dead").values(dead))
    # a reason may be the id of another delivery: these stay
    along = outgoing.c.outcome.in_(("along", "gathered"))
    outbox_body.replace(tx, theirs, filled, along, payload=b"", lines=b"")
    outbox_body.replace(tx, theirs, filled, ~along, payload=b"", lines=b"", reason=ERASED)


def _unaddress(tx: Transaction, theirs: ColumnElement[bool], who: DataSubject) -> None:
    addresses = [address for _, address in who.addresses]
    mine = or_(outgoing.c.person_id == who.ids[0], outgoing.c.recipient.in_(addresses))
    tx.run(update(outgoing).where(theirs, mine, not_(_shown_anew())).values(place=""))
    values = {"recipient": placeholder(who.ids[0]), "bounce_to": ""}
    tx.run(update(outgoing).where(theirs, mine).values(values))
