"""Public entries: what a case's customers may read of what was said on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.model.facts import FileFacts, PublicEntry
from store.cases import entry as entries
from store.cases import read_access
from store.cases.attachment import AttachmentRow
from store.cases.entry import Entry
from store.engine.transaction import Transaction
from store.people.legible_name import legible
from store.queues.dispatch import Pending


def read(
    tx: Transaction,
    number: int,
    *,
    since: Mapping[int, datetime] | None = None,
    pending: Pending | None = None,
    files: Iterable[AttachmentRow] = (),
    reader: int = 0,
    requester: int = 0,
) -> tuple[PublicEntry, ...]:
    """The entries of a case and its parts, oldest first.

    ``since``: from when on they read which part (``store.cases.read_access``), ``pending``: what may still be
    taken back; without these, all. ``files``: which files are named, each with its entry. ``reader`` and
    ``requester``: ids of persons, for whose page it is said who speaks.
    """
    named: dict[int, list[FileFacts]] = {}
    for file in files:
        named.setdefault(file.entry_id, []).append(FileFacts(file.name, file.size, file.id))
    return tuple(
        PublicEntry(
            legible(row.person_name, row.address),
            row.text,
            row.received_at,
            tuple(named.get(row.id, ())),
            side=_side(row, reader, requester),
            folded=row.folded,
        )
        for row in rows(tx, number)
        if pending is None or row.id not in pending.entries
        if since is None or read_access.reads(since, row.case_id, row.received_at)
    )


def _side(row: Entry, reader: int, requester: int) -> str:
    """Staff speak for the desk, but on cases that they opened themselves."""
    if not reader:
        return ""
    if row.person_id == reader:
        return "own"
    return "desk" if row.person_role != "contact" and row.person_id != requester else "customer"


def rows(tx: Transaction, number: int) -> list[Entry]:
    """The entries that are no internal ones, and none that were only kept."""
    every = entries.entries(tx, number)
    return [row for row in every if row.visibility == "public" and row.kind in entries.OPEN_KINDS]
