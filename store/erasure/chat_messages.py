"""What we posted in a chat about a case, as it is to read now: the channel writes it anew."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import ColumnElement, select, update

from store.engine.transaction import Transaction
from store.erasure.data_subject import WORDS, SubjectCase
from store.erasure.erased_words import FORM
from store.erasure.payload import without
from store.erasure.scrub import Scrubber
from store.queues.outbox import outgoing

_FIXED = FORM - {"to"}
"""A person's address may stand there, and nothing needs it any more."""


def standing() -> ColumnElement[bool]:
    """Which deliveries stand in a chat."""
    return (outgoing.c.place != "") & (outgoing.c.key == "") & outgoing.c.due_at.is_(None)


def rewrite(tx: Transaction, on: SubjectCase, scrubber: Scrubber, files: Collection[str]) -> None:
    """Take the words and files out of all that stands in a chat about a case."""
    here = (outgoing.c.case_id == on.number, standing(), outgoing.c.payload != b"")
    for row in tx.rows(select(outgoing.c.id, outgoing.c.payload).where(*here)):
        payload = bytes(row.payload)
        clean = _blank(payload) if on.sole else without(payload, scrubber.text, files, fixed=_FIXED)
        if clean != payload:
            values = {"payload": clean, "lines": b""}
            tx.run(update(outgoing).where(outgoing.c.id == row.id).values(values))


def of(tx: Transaction, number: int) -> list[tuple[int, str, str]]:
    """What stands in a chat about a case: the delivery, its channel and its recipient."""
    columns = (outgoing.c.id, outgoing.c.channel, outgoing.c.recipient)
    here = (outgoing.c.case_id == number, standing(), outgoing.c.payload != b"")
    return [(row.id, row.channel, row.recipient) for row in tx.rows(select(*columns).where(*here))]


def _blank(payload: bytes) -> bytes:
    """A message that says nothing; of its files the sizes stay (``payload.without``)."""
    try:
        tree = json.loads(payload)
    except ValueError:
        return b""
    sizes = [file.get("size") for file in tree.get("files") or ()]
    line = {"type": "section", "text": {"type": "plain_text", "text": WORDS}}
    after = {"text": WORDS, "blocks": [line], "files": [], "dropped": [*tree.get("dropped", ()), *sizes]}
    return json.dumps(after).encode()
