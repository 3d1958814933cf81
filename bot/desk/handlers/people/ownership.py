"""Ownership: who of the staff answers for a case."""

from __future__ import annotations

from bot.desk.turn.turn import Turn
from store.cases import watcher
from store.cases.case import Case
from store.people.person import Person


def give(turn: Turn, case: Case, owner: Person) -> None:
    """Make somebody a case's owner; whoever had muted it hears of it again."""
    if owner.id != case.owner_id and not case.fresh:
        watcher.mark(turn.tx, case.id, owner.id, muted=False)
    turn.change(case, owner_id=owner.id)
