"""Snoozed cases: out of the queue until a moment, or until something happens that cannot wait."""

from __future__ import annotations

from datetime import datetime

from bot.desk.turn.turn import Turn
from bot.model.translatable import saying
from bot.notices.case import SnoozeOver
from store.cases import timer
from store.cases.case import Case

KIND = "snoozed"
"""Of the timer that ends it."""


def sleep(turn: Turn, case: Case, until: datetime) -> None:
    """Take a case out of the queue until a moment; it replaces an earlier one. No clock rests for it."""
    timer.cancel(turn.tx, case.id, (KIND,))
    turn.change(case, snoozed_until=until)
    timer.start(turn.tx, case.id, KIND, until)


def wake(turn: Turn, case: Case, why: str) -> bool:
    """Put a case back into the queue; False if it was there. ``why`` is for its history."""
    if case.snoozed_until is None:
        return False
    timer.cancel(turn.tx, case.id, (KIND,))
    turn.change(case, snoozed_until=None)
    turn.record(case, "woken", why=why)
    return True


def when_due(turn: Turn, case: Case, kind: str) -> str:
    """Put a snoozed case back into the queue at its moment, and tell its owner."""
    if not wake(turn, case, saying("its time has come")):
        return "not snoozed any more"
    owner = turn.people.by_id(case.owner_id) if case.owner_id else None
    to = [owner] if owner and owner.staff else None
    turn.notifier.tell_desk(SnoozeOver(), case, to=to)
    return "in the queue again"
