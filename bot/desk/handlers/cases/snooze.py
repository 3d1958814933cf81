"""Snooze: a case is put away until a moment, and comes back."""

from __future__ import annotations

from bot.commands.attention import Snooze, Unsnooze
from bot.desk.handlers.deadlines import snooze_timer
from bot.desk.handlers.people import ownership
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.translatable import saying, together
from bot.syntax import moments
from bot.syntax.case_numbers import label
from store.cases.case import Case


@handles(Snooze)
def snooze(turn: Turn, command: Snooze) -> str:
    """Put a case away. A case of nobody's becomes the asker's: somebody has to be told when it is back."""
    case = turn.case(command.case)
    calendar = turn.config.office
    until = moments.moment(command.until, now=turn.now, calendar=calendar)
    if case.over:
        pattern = {
            "resolved": "{case} is resolved, so it is in no queue. Nothing was changed.",
            "closed": "{case} is closed, so it is in no queue. Nothing was changed.",
        }[case.state]
        raise Refusal(saying(pattern, case=label(case.id)))
    snooze_timer.sleep(turn, case, until)
    turn.record(case, "snoozed", until=moments.written(until, calendar))
    taken = _taken(turn, case)
    away = saying(
        "{case} is out of the queue until {moment}, or until its customer writes.",
        case=label(case.id),
        moment=moments.written(until, calendar),
    )
    yours = saying("It is yours now, so that you are told.") if taken else ""
    return together(away, yours, _clocks(turn, case))


@handles(Unsnooze)
def unsnooze(turn: Turn, command: Unsnooze) -> str:
    """Bring a case back at once."""
    case = turn.case(command.case)
    if not snooze_timer.wake(turn, case, saying("asked for")):
        raise Refusal(saying("{case} is not snoozed.", case=label(case.id)))
    return saying("{case} is in the queue again.", case=label(case.id))


def _taken(turn: Turn, case: Case) -> bool:
    if case.owner_id is not None or not turn.people.is_colleague(turn.person.id):
        return False
    ownership.give(turn, case, turn.person)
    turn.change(case, state="open" if case.state == "new" else case.state)
    turn.record(case, "taken")
    return True


def _clocks(turn: Turn, case: Case) -> str:
    """What is due before it is back: snoozing moves no target."""
    due = (case.first_due_at if case.answered_at is None else case.next_due_at, case.resolve_due_at)
    first = min((at for at in due if at is not None), default=None)
    if case.state == "waiting" or first is None or case.snoozed_until is None or first >= case.snoozed_until:
        return ""
    return saying(
        "Its clocks go on: something is due {moment}. You are warned as always, and if that passes it is back.",
        moment=moments.written(first, turn.config.office),
    )
