"""The operator of a year's desk: sets zones, erases, and lets the upkeep work."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from uuid import uuid4

from bot.commands.case import Close
from bot.commands.house import ShowAnew
from bot.model.identity import CLOCK, OPERATOR, Identity, Proof
from bot.model.mail_address import with_channel
from bot.model.request import Command, Request
from bot.policy.address_marks import marks_of
from bot.privacy.erase import Eraser
from bot.privacy.plan import PlanErasure, PlannedErasure
from bot.privacy.tombstone_file import file_of
from bot.syntax.case_numbers import number
from store.engine.transaction import Transaction
from store.erasure import data_subject
from store.erasure.data_subject import NAME
from store.people.person import find, set_time_zone
from tests.support.houses.desk import TestDesk
from tests.support.year.cast import ACCOUNTS, CUSTOMERS, DESKS, EVERYBODY, Person
from tests.support.year.privacy import Erase, Keep, NameZone
from tests.support.year.remains import Remains
from tests.support.year.shelf import Shelf, shelf

_READERS = {
    address.lower(): person for person in EVERYBODY.values() for address in (person.mail, person.slack)
}


class Officer:
    """Does at a desk what only its operator can."""

    def __init__(self, desk: TestDesk) -> None:
        self._desk = desk
        self._remains = Remains(desk)
        self._words: dict[str, set[str]] = defaultdict(set)
        """What each customer has said."""
        self.zones: dict[str, str] = {}
        """Whose own zone was set, by the address in lower case."""
        self.left: list[tuple[str, str]] = []
        """What was found of somebody who was erased, or of words that were taken out; and where."""
        self.expired: list[tuple[datetime, int]] = []
        """When the words of which case went."""
        self.erased = self.taken = 0
        """How many people were erased, and how many messages the upkeep has emptied."""
        self.odd: list[tuple[Shelf, Shelf]] = []
        """What should have been left by the upkeep, and what was."""
        self.gone: set[str] = set()
        """Words, names and addresses that must not be anywhere."""

    def do(self, command: Command) -> None:
        """Do what was asked."""
        if isinstance(command, NameZone):
            self._name_zone(CUSTOMERS[command.who])
        elif isinstance(command, Erase):
            self._erase(CUSTOMERS[command.who])
        elif isinstance(command, Keep):
            self._keep()

    def hear(self, who: str, command: Command) -> None:
        """Note what somebody says; whoever comes back is met by name and address again."""
        words = getattr(command, "text", "") or getattr(command, "comment", "")
        if who in CUSTOMERS:
            self._words[who] |= {words} if words.startswith("Words") else set()
            self.gone -= {*self._marks(CUSTOMERS[who])}

    def zones_of(self, reader: str) -> set[str]:
        """The zones by which somebody may be shown a moment; of whom the account is not known yet, two."""
        if own := self.zones.get(reader):
            return {own}
        person = _READERS.get(reader)
        if person is None or not person.account:
            return {(person.zone if person else "") or DESKS}
        theirs = ACCOUNTS[person.account].zone or DESKS
        return {theirs} if person.mail else {theirs, DESKS}

    def search(self, words: set[str]) -> None:
        """Look for what must not be there."""
        self.left += self._remains.of(words)

    def _name_zone(self, person: Person) -> None:
        """What ``casebot people set`` does."""

        def write(tx: Transaction) -> None:
            someone = find(tx, *person.told)
            assert someone is not None
            set_time_zone(tx, someone, person.zone)

        self._desk.app.writer.write(write)
        self.zones[person.told[1]] = person.zone

    def _erase(self, person: Person) -> None:
        """What ``casebot people erase --close --yes`` does."""
        app = self._desk.app
        plan = self._desk.desk.ask(PlanErasure(with_channel(*person.told)))
        assert plan is not None, person
        assert not plan.busy, (person, plan.busy)
        for case in plan.open_cases:
            self._ask(OPERATOR, Close(case, "no_longer"), quiet=True)
        eraser = Eraser(
            app.database,
            app.files,
            app.writer,
            marks=marks_of(app.config),
            file=file_of(app.config),
            now=app.now,
        )
        stone = eraser.begin(plan.who)
        eraser.erase_words(plan.who, reason="asked for")
        self._show_anew(plan)
        eraser.erase_person(plan.who)
        eraser.finish(stone.id)
        self._assert_nobody(plan)
        gone = {*self._marks(person), *self._words.pop(person.name, ())}
        self.zones.pop(person.told[1], None)
        self.gone |= gone
        self.erased += 1
        self.search(gone)

    def _assert_nobody(self, plan: PlannedErasure) -> None:
        """Whoever was erased is a contact without a name who is written to no more."""
        with self._desk.app.database.reading() as tx:
            who = data_subject.of(tx, plan.who.ids[0])
        assert who is not None
        assert who.erased
        assert (who.name, who.role, who.active) == (NAME, "contact", False)

    def _show_anew(self, plan: PlannedErasure) -> None:
        for named in (*(case.number for case in plan.cases), *plan.named_on):
            self._ask(CLOCK, ShowAnew(number(named) or 0))

    def _ask(self, asker: Identity, command: Command, *, quiet: bool = False) -> None:
        app, now = self._desk.app, self._desk.desk.now()
        outcome = self._desk.desk.handle(
            Request(
                source="cli" if quiet else "clock", key=uuid4().hex, asker=asker, proof=Proof.LINKED, at=now,
                commands=(command,), mailbox=app.config.mailboxes[0].address, quiet=quiet,
            )
        )  # fmt: skip
        assert outcome.answered[0].outcome == "done", outcome

    def _keep(self) -> None:
        """What the upkeep of a running desk does in a while."""
        app, now = self._desk.app, self._desk.desk.now()
        before = self._shelf()
        while app.retention.look():
            pass
        app.disk.once()
        after, wanted = self._shelf(), before.without_due(now)
        self.expired += [(now, number) for number in before.subjects - after.subjects]
        self.taken += len(before.came) - len(after.came) + len(before.sent) - len(after.sent)
        self.taken += len(before.copies) - len(after.copies)
        if after != wanted:
            self.odd.append((wanted, after))

    def _shelf(self) -> Shelf:
        with self._desk.app.database.reading() as tx:
            return shelf(tx)

    def _marks(self, person: Person) -> tuple[str, str]:
        """By what somebody is known anywhere."""
        return person.called, person.told[1]
