"""Redaction: some words, a file or a whole entry of a case taken out of every place they went."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from store.engine.transaction import Transaction
from store.erasure import columns, entries, messages
from store.erasure.erased_words import ErasedWords
from store.erasure.messages import ChangedDelivery
from store.queues import erasure_task


@dataclass(frozen=True, slots=True)
class Redacted:
    """What a redaction has changed."""

    cases: tuple[int, ...]
    """The case, and those related to it."""
    entries: tuple[int, ...]
    """The ids of the entries that had the words or the files."""
    deliveries: tuple[ChangedDelivery, ...]
    files: int
    raw: int
    """How many messages were dropped as they came."""
    places: int
    """In how many other places the words stood."""

    @property
    def anything(self) -> bool:
        """Was there anything to take out?"""
        return bool(self.entries or self.deliveries or self.files or self.raw or self.places)


def redact(
    tx: Transaction,
    number: int,
    words: ErasedWords,
    *,
    now: datetime,
    since: datetime,
    emptied: Sequence[int] = (),
    files: Collection[str] = (),
    in_hand: Collection[int] = (),
) -> Redacted:
    """Take words and files (hashes) out of a case and all that is related to it, in one transaction.

    ``emptied``: entries whose words go altogether. ``since``: when the words came. ``in_hand``: cases whose own
    fields the caller writes. What is left to do on the disk is put on the list of tasks. Done twice, it finds
    nothing the second time.
    """
    numbers = columns.related(tx, number)
    changed = set(entries.take_out(tx, numbers, words)) | set(emptied)
    for entry_id in emptied:
        entries.empty(tx, entry_id)
    dropped, owners = entries.drop_files(tx, numbers, files) if files else ([], [])
    deliveries = messages.take_out_of_deliveries(tx, numbers, words, files, since=since)
    raw, raw_files = messages.drop_raw(tx, numbers, words, entries={*changed, *owners}, since=since)
    places = columns.take_out(tx, numbers, words)
    columns.take_out_of_cases(tx, set(numbers) - set(in_hand), words)
    erasure_task.add(tx, [(file.sha256, file.stored_at) for file in (*dropped, *raw_files)], now=now)
    return Redacted(
        tuple(numbers), tuple(sorted({*changed, *owners})), tuple(deliveries), len(dropped), raw, places
    )
