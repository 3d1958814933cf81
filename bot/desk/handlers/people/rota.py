"""Rota: who is given a new case, by the config's ``[[turns]]``."""

from __future__ import annotations

from collections.abc import Sequence

from bot.config.settings import TurnsSection
from bot.desk.handlers.people import ownership
from bot.desk.turn.turn import Turn
from store.cases import case as cases
from store.cases import thread
from store.cases.case import Case
from store.directory import rota
from store.people import absence, account
from store.people.person import Person

NOBODY = "nobody there"
"""The event on a case whose turn it could be of nobody."""


def give(turn: Turn, case: Case) -> None:
    """Give a new case to whoever's turn it is; the first rule that fits it counts. Old mail is nobody's.

    The case stays *new* until they do something on it. Other processes wait for this transaction.
    """
    rule = None if turn.request.quiet or case.held or case.owner_id else _rule(turn, case)
    if rule is None:
        return
    last = rota.last(turn.tx, rule.name)
    people = (person for person in _after(_people(turn, rule), last) if person.id != case.requester_id)
    here = [person for person in people if _is_here(turn, person)]
    if not here:
        turn.record(case, NOBODY, turns=rule.name)
        return
    person = _least_loaded(turn, here) if rule.by == "load" else here[0]
    rota.give(turn.tx, rule.name, person.id)
    ownership.give(turn, case, person)
    turn.record(case, "turn given", to=person.shown, turns=rule.name)


def _rule(turn: Turn, case: Case) -> TurnsSection | None:
    rules = turn.config.turns
    name = account.name_of(turn.tx, case.account_id) if any(rule.accounts for rule in rules) else ""
    place = thread.place_of(turn.request.place) if turn.request.place else ""
    via = {turn.request.source, place.upper()}
    return next((rule for rule in rules if rule.fits(via=via, type=case.type, account=name)), None)


def _people(turn: Turn, rule: TurnsSection) -> list[Person]:
    """Its people who are on the team, in the order of the config."""
    staff = {person.address: person for person in turn.people.staff()}
    return [staff[mail] for mail in rule.people if mail in staff]


def _after(people: Sequence[Person], last: int | None) -> list[Person]:
    """The people in turn: whoever comes behind the last one is first."""
    start = next((n for n, person in enumerate(people, 1) if person.id == last), 0)
    return [*people[start:], *people[:start]]


def _is_here(turn: Turn, person: Person) -> bool:
    """Is somebody neither away, nor outside of their working hours?"""
    away = turn.tx.once("away", lambda: absence.now(turn.tx, turn.now))
    hours = {member.mail: member.calendar for member in turn.config.staff}.get(person.address, "")
    calendar = turn.config.calendars.get(hours) if hours else None
    return person.id not in away and (calendar is None or calendar.is_open(turn.now))


def _least_loaded(turn: Turn, people: Sequence[Person]) -> Person:
    """Who has the fewest cases to do; of several, whose turn it is."""
    loads = cases.loads(turn.tx)
    return min(people, key=lambda person: loads.get(person.id, 0))
