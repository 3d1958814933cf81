"""Entries without some words: their text, their parts, what is searched of them, and their files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update

from store.cases.attachment import attachment
from store.cases.entry import entry
from store.cases.search import entry_text
from store.engine.transaction import Transaction
from store.erasure.erased_words import MARK, ErasedWords


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """A file whose last attachment may be gone: its hash, and when it was attached."""

    sha256: str
    stored_at: datetime


def take_out(tx: Transaction, numbers: Collection[int], words: ErasedWords) -> list[int]:
    """Take words out of the entries of these cases, and of what is searched; the changed ones' ids."""
    rows = tx.rows(select(entry.c.id, entry.c.text, entry.c.rest).where(entry.c.case_id.in_(numbers)))
    changed = [row.id for row in rows if _changed(tx, row, words)]
    searched = select(entry_text.c.rowid, entry_text.c.words).where(
        entry_text.c.rowid.in_(select(entry.c.id).where(entry.c.case_id.in_(numbers)))
    )
    for row_id, text in tx.rows(searched, of=(entry_text, entry)):
        if (clean := words.of_others.out_of(text)) != text:
            tx.run(update(entry_text).where(entry_text.c.rowid == row_id).values(words=clean))
    return changed


def _changed(tx: Transaction, row: Any, words: ErasedWords) -> bool:
    text, parts = words.of_others.out_of(row.text), words.out_of_json(row.rest)
    if (text, parts) == (row.text, row.rest):
        return False
    tx.run(update(entry).where(entry.c.id == row.id).values(text=text, rest=parts))
    return True


def empty(tx: Transaction, entry_id: int) -> None:
    """Take all words of an entry out, whatever else they stand in; ``MARK`` stays."""
    tx.run(update(entry).where(entry.c.id == entry_id).values(text=MARK, rest="[]"))
    tx.run(delete(entry_text).where(entry_text.c.rowid == entry_id))


def files_of(tx: Transaction, entry_id: int, name: str = "") -> list[str]:
    """The hashes of an entry's files, or of those with this name."""
    rows = tx.rows(select(attachment.c.sha256, attachment.c.name).where(attachment.c.entry_id == entry_id))
    return sorted({row.sha256 for row in rows if name in ("", row.name)})


def drop_files(
    tx: Transaction, numbers: Collection[int], hashes: Collection[str]
) -> tuple[list[DroppedFile], list[int]]:
    """Take files off the entries of these cases; the files, and the ids of who had them."""
    where = (attachment.c.case_id.in_(numbers), attachment.c.sha256.in_(hashes))
    rows: Sequence[Any] = tx.rows(
        select(attachment.c.id, attachment.c.entry_id, attachment.c.sha256).where(*where)
    )
    tx.run(delete(attachment).where(*where))
    files = [DroppedFile(row.sha256, moment_of(row.id)) for row in rows]
    return files, sorted({row.entry_id for row in rows})


def moment_of(row_id: int) -> datetime:
    """When an id was given out (``store.engine.columns.new_id``)."""
    return datetime.fromtimestamp((row_id >> 22) / 1000, UTC)
