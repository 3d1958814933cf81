"""The operator of a year's desk: sets zones, erases, and lets the upkeep work."""

from __future__ import annotations

from bot.model.request import Command
from store.engine.transaction import Transaction
from store.people.person import find, set_time_zone
from tests.support.houses.desk import TestDesk
from tests.support.year.cast import ACCOUNTS, CUSTOMERS, DESKS, EVERYBODY, Person
from tests.support.year.privacy import NameZone

_READERS = {
    address.lower(): person for person in EVERYBODY.values() for address in (person.mail, person.slack)
}


class Officer:
    """Does at a desk what only its operator can."""

    def __init__(self, desk: TestDesk) -> None:
        self._desk = desk
        self.zones: dict[str, str] = {}
        """Whose own zone was set, by the address in lower case."""

    def do(self, command: Command) -> None:
        """Do what was asked."""
        if isinstance(command, NameZone):
            self._name_zone(CUSTOMERS[command.who])

    def zones_of(self, reader: str) -> set[str]:
        """The zones by which somebody may be shown a moment; of whom the account is not known yet, two."""
        if own := self.zones.get(reader):
            return {own}
        person = _READERS.get(reader)
        if person is None or not person.account:
            return {(person.zone if person else "") or DESKS}
        theirs = ACCOUNTS[person.account].zone or DESKS
        return {theirs} if person.mail else {theirs, DESKS}

    def _name_zone(self, person: Person) -> None:
        """What ``casebot people set`` does."""

        def write(tx: Transaction) -> None:
            someone = find(tx, *person.told)
            assert someone is not None
            set_time_zone(tx, someone, person.zone)

        self._desk.app.writer.write(write)
        self.zones[person.told[1]] = person.zone
