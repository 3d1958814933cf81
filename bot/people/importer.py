"""The import of contacts, or a preview of what it would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from bot.config.addresses import own_address
from bot.config.load import Config
from bot.people.csv_file import CsvRow, PeopleFile
from bot.runtime.group_commit import Writer
from store.directory import contact_import
from store.directory.contact_import import Contact
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.people import account, person

TOGETHER = 200
"""Rows that are on their way at once; how many are one transaction, the writer decides by its clock."""
TOLD = 50
"""Rows that are named with what is wrong; more are counted."""


@dataclass(slots=True)
class PeopleImportCounts:
    """The results of the rows, counted."""

    kinds: Counter[str] = field(default_factory=Counter)
    """``new``, ``changed``, ``same``."""
    joined: int = 0
    """Persons who turned out to be another one."""
    accounts: list[str] = field(default_factory=list)
    """Accounts that were not known before."""
    bad: int = 0
    wrong: list[tuple[int, str]] = field(default_factory=list)
    """Line and reason of the first rows that were skipped."""

    def skip(self, line: int, why: str) -> None:
        """Count a row that was left out."""
        self.bad += 1
        if len(self.wrong) < TOLD:
            self.wrong.append((line, why))


class PeopleImport:
    """Imports the people of a file; the same file a second time changes nothing.

    ``usual``: the account of those whose row names none.
    """

    def __init__(
        self, config: Config, database: Database, writer: Writer, *, usual: str, now: Callable[[], datetime]
    ) -> None:
        self.tally = PeopleImportCounts()
        self._config = config
        self._database = database
        self._writer = writer
        self._usual = usual
        self._now = now
        self._new_accounts: set[str] = set()

    def run(self, file: PeopleFile, done: Callable[[int], None]) -> PeopleImportCounts:
        """Write what is new or different. ``done`` is called with the number of rows."""
        return self._through(file, done, self._written)

    def rehearse(self, file: PeopleFile, done: Callable[[int], None]) -> PeopleImportCounts:
        """Find out what ``run`` would do, and write nothing."""
        return self._through(file, done, self._compared)

    def _through(
        self,
        file: PeopleFile,
        done: Callable[[int], None],
        work: Callable[[Sequence[CsvRow]], Sequence[contact_import.Difference]],
    ) -> PeopleImportCounts:
        rows = file.rows()
        while batch := list(islice(rows, TOGETHER)):
            good = list(self._good(batch))
            for row, difference in zip(good, work(good), strict=True):
                self._count(row, difference)
            done(len(batch))
        self.tally.accounts = sorted(self._new_accounts)
        self.tally.wrong.sort()
        return self.tally

    def _good(self, rows: Sequence[CsvRow]) -> Iterator[CsvRow]:
        for row in rows:
            if row.contact is None:
                self.tally.skip(row.line, row.why)
            elif any(own_address(address, self._config) for _, address in row.contact.identities):
                self.tally.skip(row.line, "it has an address of this desk's own")
            else:
                yield replace(row, contact=replace(row.contact, account=row.contact.account or self._usual))

    def _count(self, row: CsvRow, difference: contact_import.Difference) -> None:
        if difference.kind == "clash":
            self.tally.skip(row.line, difference.why)
            return
        self.tally.kinds[difference.kind] += 1
        self.tally.joined += len(difference.joined)

    def _compared(self, rows: Sequence[CsvRow]) -> list[contact_import.Difference]:
        contacts = [row.contact for row in rows if row.contact]
        with self._database.reading() as tx:
            contact_import.expect(tx, contacts)
            self._new_accounts |= {
                contact.account
                for contact in contacts
                if contact.account and account.named(tx, contact.account) is None
            }
            return [contact_import.compare(tx, contact) for contact in contacts]

    def _written(self, rows: Sequence[CsvRow]) -> list[contact_import.Difference]:
        promised = [self._writer.put(self._write, row.contact) for row in rows]
        return [future.result() for future in promised]

    def _write(self, tx: Transaction, contacts: Sequence[Contact]) -> list[contact_import.Difference]:
        contact_import.expect(tx, contacts)
        return [self._write_one(tx, contact) for contact in contacts]

    def _write_one(self, tx: Transaction, contact: Contact) -> contact_import.Difference:
        if (
            contact.account
            and account.named(tx, contact.account) is None
            and contact_import.compare(tx, contact).kind != "clash"
        ):
            person.set_account(tx, contact.account, (), service_level="", local_team="")
            self._new_accounts.add(contact.account)
        difference = contact_import.compare(tx, contact)
        if difference.kind in ("new", "changed"):
            contact_import.write(tx, contact, difference, now=self._now())
        return difference
