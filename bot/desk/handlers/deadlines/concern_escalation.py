"""Escalation of a concern that nobody takes: a reminder, then the next level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.config.settings import lasting
from bot.desk.handlers.deadlines import sla_targets
from bot.desk.handlers.people.managers import above, managers
from bot.desk.turn.turn import Turn
from bot.model.facts import PublicEntry
from bot.notices.urgency import ConcernWaits
from store.cases import concern as concerns
from store.cases import entry, timer
from store.cases.case import Case
from store.cases.concern import RaisedConcern as Raised
from store.people.person import Person

REMIND, NEXT = "concern waits", "concern goes up"
KINDS = (REMIND, NEXT)


def begin(turn: Turn, case: Case) -> None:
    """From now on it waits to be taken."""
    _remind(turn, case, REMIND, turn.config.concern.remind_after)


def running(turn: Turn, case: Case) -> bool:
    """Is somebody still to be reminded of what was raised on this very case?"""
    return any(kind in KINDS for kind, _ in timer.waiting(turn.tx, case.id))


def end(turn: Turn, raised: Sequence[Raised]) -> None:
    """Nobody is reminded of these any more."""
    for number in {one.case_id for one in raised}:
        timer.cancel(turn.tx, number, KINDS)


def rest(turn: Turn, case: Case) -> None:
    """Nobody is reminded of what was raised on a case that is none."""
    end(turn, concerns.untaken(turn.tx, case.id))


def go_on(turn: Turn, case: Case) -> None:
    """It is a case after all: what was raised on it waits to be taken."""
    for number in {one.case_id for one in concerns.untaken(turn.tx, case.id)}:
        if found := turn.find_case(number):
            begin(turn, found)


def holders(turn: Turn, raised: Raised) -> list[Person]:
    """Who has taken it, else who was told of it; nobody who has left the desk since."""
    numbers = [raised.taken_by] if raised.taken_by else raised.told
    return [person for number in numbers if (person := turn.by_id(number)) and person.staff]


def by_raiser(raised: Sequence[Raised]) -> dict[int, Raised]:
    """The last of each raiser, with the phone and the category that they gave last."""
    found: dict[int, Raised] = {}
    for one in reversed(raised):
        before = found.get(one.person_id, one)
        phone, category = one.phone or before.phone, one.category or before.category
        found[one.person_id] = replace(one, phone=phone, category=category)
    return found


def strike(turn: Turn, case: Case, kind: str) -> str:
    """Remind who was told; if that did not help, tell the next level."""
    raised = concerns.untaken_on(turn.tx, case.id)
    if not raised:
        return "taken already"
    up = kind == NEXT
    told = above(turn, raised[0].told) if up else holders(turn, raised[0]) or managers(turn, case)
    if not told:
        return "there is nobody above"
    for one in raised:
        fresh = [person.id for person in told if person.id not in one.told]
        concerns.pass_on(turn.tx, one.id, told=[*one.told, *fresh], level=one.level + up)
    turn.record(case, "concern passed on" if up else "concern reminded", who=[one.shown for one in told])
    _remind(turn, case, NEXT, turn.config.concern.next_after)
    _tell_waiting(turn, case, raised, told)
    return "told that nobody has taken the concern"


def _tell_waiting(turn: Turn, case: Case, raised: Sequence[Raised], told: Sequence[Person]) -> None:
    """Once of all that waits, whoever has raised it."""
    theirs = by_raiser(raised).values()
    names = [person.shown if (person := turn.by_id(one.person_id)) else "" for one in theirs]
    turn.tell_desk(
        ConcernWaits(
            sender=" and ".join(names),
            phone=_of_each(names, [one.phone for one in theirs]),
            category=_of_each(names, [words(turn, one.category) for one in theirs]),
            since=min(one.raised_at for one in raised),
            entries=digest(turn, case),
        ),
        case,
        to=told,
        urgent=True,
    )


def _of_each(names: Sequence[str], said: Sequence[str]) -> str:
    """What several have said, with the name of each; of one alone, just that."""
    if len(said) == 1:
        return said[0]
    return ", ".join(f"{one} ({name})" for name, one in zip(names, said, strict=True) if one)


def _remind(turn: Turn, case: Case, kind: str, after: str) -> None:
    timer.cancel(turn.tx, case.id, KINDS)
    at = moment(turn, case, after)
    if at:
        timer.start(turn.tx, case.id, kind, at)


def moment(turn: Turn, case: Case, after: str) -> datetime | None:
    """When that is over, in the working hours of the case's calendar; a Blocker knows none. None: never."""
    if not after:
        return None
    if case.priority in sla_targets.level(turn, case.account_id).round_the_clock:
        return turn.now + lasting(after)
    return sla_targets.level(turn, case.account_id).calendar.after(turn.now, lasting(after))


def words(turn: Turn, category: str) -> str:
    """A category as people read it."""
    return turn.config.lists.concern_categories.get(category, "")


def digest(turn: Turn, case: Case) -> tuple[PublicEntry, ...]:
    """The last that was said."""
    rows = entry.latest(turn.tx, case.id, 3)
    return tuple(PublicEntry(row.name, row.text, row.received_at) for row in rows)
