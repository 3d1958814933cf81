"""Replay: whoever was erased after a backup was made is erased again, once it was brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.policy.address_marks import AddressMarks
from bot.privacy import tombstone_file
from bot.privacy.erase import Eraser, persons_of
from bot.privacy.store_writer import DirectWriter
from store import tombstone
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.erasure import data_subject
from store.erasure.data_subject import DataSubject
from store.files.place import FileStorage
from store.tombstone import Tombstone


@dataclass(frozen=True, slots=True)
class RestoredPlace:
    """Where a desk was brought back to."""

    url: str
    files: FileStorage
    tombstones: Path
    """Its own file of them."""
    secrets: Sequence[str]


def gather(place: RestoredPlace, files: Iterable[Path]) -> int:
    """Copy the tombstones of these files into the place's own; returns how many it has.

    Raises ``BadTombstones``.
    """
    marks = AddressMarks(place.secrets)
    for file in files:
        if file != place.tombstones:
            tombstone_file.append(place.tombstones, tombstone_file.read(file, marks), marks)
    return len(tombstone_file.read(place.tombstones, marks))


def replay(place: RestoredPlace, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> int:
    """Erase again whoever has a tombstone, in file or store; returns how many there still were.

    The store has this version's schema, and nobody else uses it. Raises ``BytesLeft`` and ``BadTombstones``.
    """
    marks = AddressMarks(place.secrets)
    database = Database(place.url)
    try:
        stones = _union(database, tombstone_file.read(place.tombstones, marks))
        tombstone_file.append(place.tombstones, stones, marks)
        eraser = Eraser(
            database, place.files, DirectWriter(database), marks=marks, file=place.tombstones, now=now,
            held=True,
        )  # fmt: skip
        return _erase_all(database, eraser, stones, marks)
    finally:
        database.close()


def _union(database: Database, from_file: Sequence[Tombstone]) -> list[Tombstone]:
    with database.writing() as tx:
        for stone in from_file:
            tombstone.add(tx, stone)
    with database.reading() as tx:
        return tombstone.every(tx)


def _erase_all(database: Database, eraser: Eraser, stones: Sequence[Tombstone], marks: AddressMarks) -> int:
    count = 0
    with database.reading() as tx:
        subjects = {stone.id: _subjects(tx, stone, marks) for stone in stones}
    for stone in stones:
        for who in subjects[stone.id]:
            eraser.erase_words(who)
            eraser.erase_person(who)
            count += 1
    for stone in stones:
        if subjects[stone.id] or stone.done_at is None:
            eraser.finish(stone.id)
    return count


def _subjects(tx: Transaction, stone: Tombstone, marks: AddressMarks) -> list[DataSubject]:
    """Whom a tombstone means: by id, and by address whoever was there before it; nobody who came later."""
    ids = [*stone.persons, *persons_of(tx, stone, marks, stone.begun_at)]
    subjects = {who.ids[0]: who for person_id in ids if (who := data_subject.of(tx, person_id))}
    return [who for who in subjects.values() if not who.erased]
