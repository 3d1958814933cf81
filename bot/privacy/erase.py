"""Erasing a person in small transactions: a desk at work goes on, a killed run is finished."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.policy.address_marks import AddressMarks
from bot.privacy import tombstone_file
from bot.privacy.disk_tasks import DiskTasks
from bot.privacy.store_writer import StoreWriter
from store import tombstone
from store.cases import case as history
from store.engine.columns import new_id
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.erasure import case_words, data_subject, person_rows, queue_bytes
from store.erasure.data_subject import DataSubject, SubjectCase
from store.erasure.entries import DroppedFile
from store.files.place import FileStorage
from store.people import person
from store.queues import erasure_task
from store.tombstone import Tombstone

EVENT = "person erased"


class WroteAgain(Exception):
    """They said something while they were being erased; ``number``: on which case. That is not lost."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Eraser:
    """Erases persons from one store, its files and its database's own bytes."""

    def __init__(
        self,
        database: Database,
        files: FileStorage,
        writer: StoreWriter,
        *,
        marks: AddressMarks,
        file: Path,
        now: Callable[[], datetime],
        report: Callable[[int], None] = lambda done: None,
        held: bool = False,
    ) -> None:
        """``file``: the file of tombstones; ``report`` is called for each finished case.

        ``held``: the desk was restored, and what waits in its inbox was handled long ago.
        """
        self._database = database
        self._disk = DiskTasks(database, writer, files, now, alone=held)
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

    def erase_words(self, who: DataSubject, *, reason: str = "") -> None:
        """Take all that they said, wrote and were told out of the rows; nothing is done twice."""
        for number, on in enumerate(self._cases(who), 1):
            self._write(_erase_case, who, on, reason=reason, now=self._now())
            self._report(number)
        for part in queue_bytes.chunks([on.number for on in self._cases(who)]):
            self._write(queue_bytes.forget_deliveries_about, part, who, now=self._now())
            with self._database.reading() as tx:
                messages = queue_bytes.kept_of_cases(tx, part, waiting=self._held)
                answers = queue_bytes.answers_of(tx, part)
            self._forget_messages(messages)
            for start in range(0, len(answers), queue_bytes.ROWS):
                self._write(queue_bytes.forget_answers, answers[start : start + queue_bytes.ROWS])
        self._forget_strays(who)

    def erase_person(self, who: DataSubject) -> None:
        """Take their name and addresses out, last of all: by these the rest is found. Raises ``WroteAgain``."""
        self._write(_erase_person, who, self._marks.of_all(who.addresses), now=self._now())

    def finish(self, stone_id: int, *, rewrite: bool = True) -> None:
        """Delete the files and bytes that are left. Raises ``BytesLeft``: begun again, it goes on here.

        Without ``rewrite`` an SQLite file is not written anew, and this can be asked for once more.
        """
        self._disk.clean(rewrite=rewrite)
        if rewrite:
            self._write(tombstone.finish, stone_id, now=self._now())

    def wrote_again(self, stone: Tombstone, addresses: tuple[tuple[str, str], ...]) -> bool:
        """Return whether a message of theirs came after they were erased, or while that was going on.

        ``addresses``: those that are known. A resumed erasure knows one; the tombstone has marks of all.
        """
        who = DataSubject(stone.persons, "contact", active=False, name="", addresses=addresses, phones=())
        # Messages first: one that is handled between the two looks has its person when the second begins.
        if any(self._strays(who, waiting=True)):
            return True
        with self._database.reading() as tx:
            people = data_subject.among(tx, addresses)
            return bool(people or persons_of(tx, stone, self._marks, self._now()))

    def _cases(self, who: DataSubject) -> Sequence[SubjectCase]:
        with self._database.reading() as tx:
            return data_subject.cases(tx, who)

    def _forget_messages(self, ids: Sequence[int]) -> None:
        for start in range(0, len(ids), queue_bytes.ROWS):
            self._write(_forget_messages, ids[start : start + queue_bytes.ROWS], now=self._now())

    def _forget_strays(self, who: DataSubject) -> None:
        """Messages of theirs that belong to no case: held back, set aside, answered at once."""
        for named in self._strays(who, waiting=self._held):
            self._forget_messages(named)

    def _strays(self, who: DataSubject, *, waiting: bool) -> Iterator[list[int]]:
        after = 1
        while after:
            with self._database.reading() as tx:
                named, after = queue_bytes.kept_without_case(tx, who, after=after, waiting=waiting)
            yield named


def persons_of(tx: Transaction, stone: Tombstone, marks: AddressMarks, before: datetime) -> list[int]:
    """Return the ids of persons met before a moment whose address the tombstone marks."""
    wanted = frozenset(stone.marks)
    met_before = person.met_before(tx, before) if wanted else ()
    return [met.person_id for met in met_before if not wanted.isdisjoint(marks.of(met.channel, met.address))]


def _erase_case(tx: Transaction, who: DataSubject, on: SubjectCase, *, reason: str, now: datetime) -> None:
    _later(tx, case_words.erase(tx, who, on), now)
    history.record(tx, on.number, EVENT, by=None, now=now, **({"why": reason} if reason else {}))


def _forget_messages(tx: Transaction, ids: Sequence[int], *, now: datetime) -> None:
    _later(tx, queue_bytes.forget_messages(tx, ids), now)


def _later(tx: Transaction, files: Sequence[DroppedFile], now: datetime) -> None:
    """Have the files deleted once this is durable."""
    erasure_task.add(tx, [(file.sha256, file.stored_at) for file in files], now=now)


def _erase_person(
    tx: Transaction, who: DataSubject, marks: Mapping[tuple[str, str], str], *, now: datetime
) -> None:
    """Erase the person. Raises ``WroteAgain`` if words of theirs are there: nobody could find them later."""
    if (number := data_subject.unerased(tx, who)) is not None:
        raise WroteAgain(number)
    queue_bytes.forget_deliveries_to(tx, who, now=now)
    queue_bytes.forget_lists(tx)
    person_rows.erase(tx, who, marks)
