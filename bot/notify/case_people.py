"""The people of a case: its customers, who watches it, and who they are."""

from __future__ import annotations

from bot.model.rule import CUSTOMERS
from bot.policy import permissions
from store.cases import participant, watcher
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

    def watchers(self, case: Case, *, loud: bool = False) -> list[Person]:
        """The staff who hear of a case: its owner, or everybody while it has none, and whoever watches it.

        Not who has muted it, unless it is ``loud``.
        """
        owner = self._owner(case)
        return self._hearing(case, [owner] if owner else self.staff(), loud=loud)

    def called(self, case: Case, *, loud: bool = False) -> list[Person]:
        """Those of them who are called by name where many read: the owner, and whoever watches."""
        owner = self._owner(case)
        return self._hearing(case, [owner] if owner else [], loud=loud)

    def _owner(self, case: Case) -> Person | None:
        owner = self.by_id(case.owner_id) if case.owner_id else None
        return owner if owner and owner.staff else None

    def _hearing(self, case: Case, usual: list[Person], *, loud: bool) -> list[Person]:
        if case.fresh:
            return usual
        watching, muted = watcher.of(self.tx, case.id)
        others = (self.by_id(person_id) for person_id in watching)
        hearing = {person.id: person for person in (*usual, *others) if person is not None and person.staff}
        return [person for person in hearing.values() if loud or person.id not in muted]

    def staff(self) -> list[Person]:
        """All active staff."""
        return people.staff(self.tx)

    def is_colleague(self, person_id: int) -> bool:
        """Is it one of the active staff, and not the desk itself?"""
        return any(member.id == person_id for member in self.staff())

    def by_id(self, person_id: int) -> Person | None:
        """A person, read once per turn."""
        if person_id not in self._people and (person := people.by_id(self.tx, person_id)):
            self._people[person_id] = person
        return self._people.get(person_id)
