"""Erasing a person in small transactions: a desk at work goes on, a killed run is finished."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from bot.privacy import tombstone_file
from bot.privacy.marks import AddressMarks
from store import tombstone
from store.cases import case as history
from store.engine.columns import new_id
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.erasure import case_words, compaction, data_subject, person_rows, queue_bytes, unnamed_files
from store.erasure.data_subject import DataSubject, SubjectCase
from store.files.blobs import FileStore
from store.tombstone import Tombstone

P = ParamSpec("P")
Result = TypeVar("Result")
EVENT = "person erased"


class StoreWriter(Protocol):
    """Writes in a transaction of its own: the one writer of a process, or the database itself."""

    def write(
        self, work: Callable[Concatenate[Transaction, P], Result], *about: P.args, **named: P.kwargs
    ) -> Result: ...


class DirectWriter:
    """Writes straight into a store that nobody else has open."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(
        self, work: Callable[Concatenate[Transaction, P], Result], *about: P.args, **named: P.kwargs
    ) -> Result:
        """Do one work in a transaction of its own."""
        with self._database.writing() as tx:
            return work(tx, *about, **named)


class Eraser:
    """Erases persons from one store, its files and its database's own bytes."""

    def __init__(
        self,
        database: Database,
        files: FileStore,
        writer: StoreWriter,
        *,
        marks: AddressMarks,
        file: Path,
        now: Callable[[], datetime],
        report: Callable[[int], None] = lambda done: None,
        held: bool = False,
    ) -> None:
        """``file``: where tombstones are kept beside the store; ``report`` is told of each case that is done.

        ``held``: the desk was restored, and what waits in its inbox was handled long ago.
        """
        self._database = database
        self._files = files
        self._write = writer.write
        self._marks = marks
        self._file = file
        self._now = now
        self._report = report
        self._held = held

    def begin(self, who: DataSubject) -> Tombstone:
        """Write the tombstone of a person, or find the one of an erasure that was not finished."""
        marks = tuple(self._marks.of_all(who.addresses).values())
        with self._database.reading() as tx:
            before = tombstone.unfinished(tx, marks)
        stone = before or Tombstone(new_id(), self._now(), who.ids, marks)
        tombstone_file.append(self._file, [stone], self._marks)
        self._write(tombstone.add, stone)
        return stone

    def erase(self, who: DataSubject, stone: Tombstone, *, reason: str = "") -> None:
        """Take a person out of all rows. What is done already is not done twice."""
        for number, on in enumerate(self._cases(who), 1):
            self._write(_erase_case, who, on, stone.id, reason=reason, now=self._now())
            self._report(number)
        numbers = [on.number for on in self._cases(who)]
        for part in queue_bytes.chunks(numbers):
            self._write(queue_bytes.forget_deliveries_about, part, who, now=self._now())
            with self._database.reading() as tx:
                messages, answers = (
                    queue_bytes.kept_of_cases(tx, part, waiting=self._held),
                    queue_bytes.answers_of(tx, part),
                )
            self._forget_messages(stone, messages)
            for start in range(0, len(answers), queue_bytes.ROWS):
                self._write(queue_bytes.forget_answers, answers[start : start + queue_bytes.ROWS])
        self._forget_strays(who, stone)
        self._write(queue_bytes.forget_deliveries_to, who, now=self._now())
        self._write(queue_bytes.forget_lists, now=self._now())
        self._write(person_rows.erase, who, self._marks.of_all(who.addresses))

    def finish(self, stone_id: int) -> None:
        """Delete the files and bytes that are left. Raises ``NotCompacted``: begun again, it goes on here."""
        with self._database.reading() as tx:
            stone = tombstone.get(tx, stone_id)
        unnamed_files.delete(self._files, stone.files if stone else (), self._named)
        compaction.compact(self._database)
        self._write(tombstone.finish, stone_id, now=self._now())

    def _cases(self, who: DataSubject) -> Sequence[SubjectCase]:
        with self._database.reading() as tx:
            return data_subject.cases(tx, who)

    def _forget_messages(self, stone: Tombstone, ids: Sequence[int]) -> None:
        for start in range(0, len(ids), queue_bytes.ROWS):
            self._write(_forget_messages, ids[start : start + queue_bytes.ROWS], stone.id)

    def _forget_strays(self, who: DataSubject, stone: Tombstone) -> None:
        """Messages of theirs that belong to no case: held back, set aside, answered at once."""
        after = 1
        while after:
            with self._database.reading() as tx:
                named, after = queue_bytes.kept_without_case(tx, who, after=after, waiting=self._held)
            self._forget_messages(stone, named)

    def _named(self, digest: str) -> bool:
        with self._database.reading() as tx:
            return unnamed_files.is_named(tx, digest)


def _erase_case(
    tx: Transaction, who: DataSubject, on: SubjectCase, stone_id: int, *, reason: str, now: datetime
) -> None:
    tombstone.note_files(tx, stone_id, case_words.erase(tx, who, on))
    history.record(tx, on.number, EVENT, by=None, now=now, **({"why": reason} if reason else {}))


def _forget_messages(tx: Transaction, ids: Sequence[int], stone_id: int) -> None:
    tombstone.note_files(tx, stone_id, queue_bytes.forget_messages(tx, ids))
