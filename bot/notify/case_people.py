"""The people of a case: its customers, who watches it, and who they are."""

from __future__ import annotations

from bot.model.rule import CUSTOMERS
from bot.policy import permissions
from store.cases import participant
from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people import person as people
from store.people.person import Person


class CasePeople:
    """Reads people for a turn; each once."""

    def __init__(self, tx: Transaction, asker: Person) -> None:
        self.tx = tx
        self._people: dict[int, Person] = {asker.id: asker}

    def customers(self, case: Case) -> list[Person]:
        """The requester and the collaborators, each by the channel they last used on the case."""
        parts = participant.everybody(self.tx, case.id)
        people_ = [part.person for part in parts if part.role in CUSTOMERS]
        return [person for person in people_ if permissions.reachable(person) and not person.left]

    def watchers(self, case: Case) -> list[Person]:
        """The staff who hear of a case: its owner, or everybody while it has none."""
        if case.owner_id and (owner := self.by_id(case.owner_id)) and owner.staff:
            return [owner]
        return self.staff()

    def staff(self) -> list[Person]:
        """All active staff."""
        return people.staff(self.tx)

    def by_id(self, person_id: int) -> Person | None:
        """A person, read once per turn."""
        if person_id not in self._people and (person := people.by_id(self.tx, person_id)):
            self._people[person_id] = person
        return self._people.get(person_id)
