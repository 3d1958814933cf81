"""The move of an entry, with its files and anchors, to another case."""

from __future__ import annotations

from sqlalchemy import bindparam, update

from store.cases.entry import anchor, attachment, bare, entry, unfollow
from store.engine.transaction import Transaction

_MOVE = (
    update(entry).where(entry.c.id == bindparam("the_entry")).values(case_id=bindparam("to")),
    update(attachment).where(attachment.c.entry_id == bindparam("the_entry")).values(case_id=bindparam("to")),
)
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
    """Move an entry and its files from the case ``before`` to the case ``to``; answers follow.

    They do not if its Message-ID led to a third case all the time: some programs use one twice.
    """
    for statement in _MOVE:
        tx.run(statement, {"the_entry": entry_id, "to": to})
    if message_id:
        tx.run(_LEAD, {"the_value": bare(message_id), "before": before, "to": to})
        unfollow(tx)


def mark(tx: Transaction, entry_id: int, *, kind: str, visibility: str) -> None:
    """Set an entry's kind (``said``, ``automatic``, ``unverified``, ``spam``) and its visibility."""
    values = {"the_entry": entry_id, "as_kind": kind, "as_visibility": visibility}
    tx.run(_MARK, values)
