"""Managers: who hears of a case over its owner's head, and who above them."""

from __future__ import annotations

from collections.abc import Collection

from bot.desk.turn.turn import Turn
from store.cases.case import Case
from store.people.person import Person


def managers(turn: Turn, case: Case) -> list[Person]:
    """The owner's manager, else the desk's duty manager, else every manager, else all staff."""
    owner = turn.by_id(case.owner_id) if case.owner_id else None
    manager = turn.by_id(owner.manager_id) if owner and owner.manager_id else None
    if manager and manager.staff:
        return [manager]
    staff = turn.staff()
    duty = [person for person in staff if person.address == turn.config.desk.duty_manager]
    return duty or [person for person in staff if person.role == "manager"] or staff


def above(turn: Turn, informed: Collection[int]) -> list[Person]:
    """The managers of those who were told, else all other managers; empty once all were told."""
    people = [person for number in informed if (person := turn.by_id(number))]
    superiors = [turn.by_id(person.manager_id) for person in people if person.manager_id]
    fresh = {
        person.id: person for person in superiors if person and person.staff and person.id not in informed
    }
    if fresh:
        return list(fresh.values())
    return [person for person in turn.staff() if person.role == "manager" and person.id not in informed]
