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
from store.cases import entry as entries
from store.cases import timer
from store.cases.case import Case
from store.cases.concern import RaisedConcern as Raised
from store.people.person import Person

REMIND, NEXT = "concern waits", "concern goes up"
KINDS = (REMIND, NEXT)


def begin(turn: Turn, case: Case) -> None:
    """Start reminders of a concern that waits to be taken."""
    _remind(turn, case, REMIND, turn.config.concern.remind_after)


def running(turn: Turn, case: Case) -> bool:
    """Are reminders pending for a concern on this very case?"""
    return any(kind in KINDS for kind, _ in timer.waiting(turn.tx, case.id))


def end(turn: Turn, raised: Sequence[Raised]) -> None:
    """End the reminders of these concerns."""
    for number in {concern.case_id for concern in raised}:
        timer.cancel(turn.tx, number, KINDS)


def rest(turn: Turn, case: Case) -> None:
    """End the reminders of a case that turned out to be none (spam)."""
    end(turn, concerns.untaken(turn.tx, case.id))


def go_on(turn: Turn, case: Case) -> None:
    """Restart the reminders of a case that is one after all."""
    for number in {concern.case_id for concern in concerns.untaken(turn.tx, case.id)}:
        if part := turn.find_case(number):
            begin(turn, part)


def holders(turn: Turn, raised: Raised) -> list[Person]:
    """The person who took the concern, else those who were told; none who left the desk."""
    numbers = [raised.taken_by] if raised.taken_by else raised.told
    return [person for number in numbers if (person := turn.people.by_id(number)) and person.staff]


def by_raiser(raised: Sequence[Raised]) -> dict[int, Raised]:
    """The last concern of each raiser, with the phone and the category that they gave last."""
    latest: dict[int, Raised] = {}
    for concern in reversed(raised):
        before = latest.get(concern.person_id, concern)
        phone, category = concern.phone or before.phone, concern.category or before.category
        latest[concern.person_id] = replace(concern, phone=phone, category=category)
    return latest


def when_due(turn: Turn, case: Case, kind: str) -> str:
    """Remind those who were told; if that did not help, tell the next level."""
    raised = concerns.untaken_on(turn.tx, case.id)
    if not raised:
        return "taken already"
    up = kind == NEXT
    recipients = above(turn, raised[0].told) if up else holders(turn, raised[0]) or managers(turn, case)
    if not recipients:
        return "there is nobody above"
    for concern in raised:
        fresh = [person.id for person in recipients if person.id not in concern.told]
        concerns.pass_on(turn.tx, concern.id, recipients=[*concern.told, *fresh], level=concern.level + up)
    turn.record(
        case,
        "concern passed on" if up else "concern reminded",
        who=[recipient.shown for recipient in recipients],
    )
    _remind(turn, case, NEXT, turn.config.concern.next_after)
    _tell_waiting(turn, case, raised, recipients)
    return "told that nobody has taken the concern"


def _tell_waiting(turn: Turn, case: Case, raised: Sequence[Raised], recipients: Sequence[Person]) -> None:
    """Tell once of all concerns that wait, whoever raised them; with a phone given on a merged case, too."""
    untaken = by_raiser(concerns.untaken(turn.tx, case.leads_to))
    latest = [untaken[person] for person in by_raiser(raised)]
    names = [person.shown if (person := turn.people.by_id(concern.person_id)) else "" for concern in latest]
    turn.notifier.tell_desk(
        ConcernWaits(
            sender=" and ".join(names),
            phone=_of_each(names, [concern.phone for concern in latest]),
            category=_of_each(names, [words(turn, concern.category) for concern in latest]),
            since=min(concern.raised_at for concern in raised),
            entries=digest(turn, case),
        ),
        case,
        to=recipients,
        urgent=True,
    )


def _of_each(names: Sequence[str], values: Sequence[str]) -> str:
    """What several people gave, each with the name; of one alone, just that."""
    if len(values) == 1:
        return values[0]
    return ", ".join(f"{value} ({name})" for name, value in zip(names, values, strict=True) if value)


def _remind(turn: Turn, case: Case, kind: str, after: str) -> None:
    timer.cancel(turn.tx, case.id, KINDS)
    at = moment(turn, case, after)
    if at:
        timer.start(turn.tx, case.id, kind, at)


def moment(turn: Turn, case: Case, after: str) -> datetime | None:
    """When the time is over, in the case's working hours; a Blocker's run day and night. None: never."""
    if not after:
        return None
    if case.priority in sla_targets.level(turn, case.account_id).round_the_clock:
        return turn.now + lasting(after)
    return sla_targets.level(turn, case.account_id).calendar.after(turn.now, lasting(after))


def words(turn: Turn, category: str) -> str:
    """A category in words."""
    return turn.config.lists.concern_categories.get(category, "")


def digest(turn: Turn, case: Case) -> tuple[PublicEntry, ...]:
    """The last entries of a case."""
    rows = entries.latest(turn.tx, case.id, 3)
    return tuple(PublicEntry(row.name, row.text, row.received_at) for row in rows)
