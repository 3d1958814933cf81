"""Messages without some words: deliveries, waiting and made, and messages as they came in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, false, or_, select, update
from sqlalchemy import case as when

from store.cases.entry import entry
from store.engine.transaction import Transaction
from store.erasure import raw_mail
from store.erasure.entries import DroppedFile
from store.erasure.erased_words import ErasedWords
from store.erasure.payload import without
from store.queues import outbox_body
from store.queues.inbox import HAS_BYTES, inbox
from store.queues.outbox import outgoing


class ChangedDelivery(NamedTuple):
    """A delivery that said some of the words, and what has become of it."""

    id: int
    channel: str
    case_id: int | None
    person_id: int | None
    recipient: str
    outcome: str
    place: str
    settled_at: datetime | None
    due_at: datetime | None

    @property
    def waits(self) -> bool:
        """Was it still to be made? Then it says the new words."""
        return self.due_at is not None


_COLUMNS = [outgoing.c[name] for name in ChangedDelivery._fields]


def take_out_of_deliveries(
    tx: Transaction,
    numbers: Collection[int],
    words: ErasedWords,
    files: Collection[str] = (),
    *,
    notices: Collection[str] = (),
    since: datetime | None = None,
) -> list[ChangedDelivery]:
    """Write what was or will be sent about these cases anew; returns the deliveries that had the words.

    ``notices``: only these. ``since``: with what was sent since then about no case, as lists of them are.

    Whoever has one in hand has lost it: it is sent once the lease has run out, with its new words. What nobody has
    taken up can still be taken back. The hashes of its lines go too: short ones could be guessed.
    """
    lists = and_(outgoing.c.case_id.is_(None), outgoing.c.created_at >= since) if since else false()
    about = [or_(outgoing.c.case_id.in_(numbers), lists), outgoing.c.key == ""]
    about += [outgoing.c.notice.in_(notices)] if notices else []
    rows = tx.rows(select(*_COLUMNS).where(*about).order_by(outgoing.c.id).with_for_update())
    copies = {True: words, False: words.anywhere}
    return [
        ChangedDelivery(*row)
        for row in rows
        if _rewritten(tx, row.id, copies[row.case_id is not None], files)
    ]


def _rewritten(tx: Transaction, row_id: int, words: ErasedWords, files: Collection[str]) -> bool:
    payload = outbox_body.bytes_of(tx, row_id)
    clean = without(payload, words.out_of, files)
    if clean == payload:
        return False
    fence = when((outgoing.c.fence > 0, outgoing.c.fence + 1), else_=0)
    outbox_body.replace(tx, outgoing.c.id == row_id, payload=clean, lines=b"", fence=fence)
    return True


_RAW = select(inbox.c.id, inbox.c.raw, inbox.c.file, inbox.c.received_at)


def drop_raw(
    tx: Transaction,
    numbers: Collection[int],
    words: ErasedWords,
    *,
    entries: Collection[int],
    since: datetime,
) -> tuple[int, list[DroppedFile]]:
    """Drop the messages that had the words, as they came; returns how many, and their files.

    Those that made the changed ``entries``; those that have the words, though the entry has not (what a message of a
    chat was before somebody changed it, a mail's subject, the part of it that nobody reads); and those that made no
    entry (what other servers sent back), or are too large to look into, if they came ``since``. Nobody misses them:
    what a mail says stands in its entries.
    """
    made = set(_inbox_ids(tx, entry.c.id.in_(entries)))
    others = set(_inbox_ids(tx, entry.c.case_id.in_(numbers))) - made
    where = or_(inbox.c.case_id.in_(numbers), inbox.c.id.in_(made | others))
    dropped, files = 0, []
    for row in tx.rows(_RAW.where(where)):
        mute = row.id not in others or row.raw is None
        if row.id in made or (mute and row.received_at >= since) or (row.raw and _says(row.raw, words)):
            dropped += drop(tx, row.id)
            files += [DroppedFile(row.file, row.received_at)] if row.file else []
    return dropped, files


def drop(tx: Transaction, inbox_id: int) -> int:
    """Drop the bytes of a message: how many rows had any. The row stays, so that a copy of it is known."""
    return tx.run(update(inbox).where(inbox.c.id == inbox_id, HAS_BYTES).values(raw=b"", file=None))


def _inbox_ids(tx: Transaction, where: Any) -> Sequence[int]:
    return [row[0] for row in tx.rows(select(entry.c.inbox_id).where(where, entry.c.inbox_id.is_not(None)))]


def _says(raw: bytes, words: ErasedWords) -> bool:
    if raw[:1] != b"{":
        return raw_mail.has(raw, words)
    try:
        return words.out_of_json(text := raw.decode("utf-8", "replace")) != text
    except RecursionError:
        return True
