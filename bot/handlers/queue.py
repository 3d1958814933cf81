"""The queue: what the desk has to do, most urgent first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.commands.urgency import Queue
from bot.queries import case_line
from bot.turn import Turn
from store import concern, listing

MOST = 50
_LATE = datetime.max.replace(tzinfo=UTC)


def queue(turn: Turn, command: Queue) -> str:
    """Cases in work by priority, then by what is due next; those that wait for the customer are left out."""
    rows = [row for row in listing.in_work(turn.tx) if _wanted(turn, row, command.which)]
    ranks = {priority: rank for rank, priority in enumerate(turn.config.lists.priorities)}
    rows.sort(key=lambda row: (ranks.get(row.priority, len(ranks)), _due(row), row.id))
    turn.shown["cases"] = tuple(case_line(row) for row in rows[:MOST])
    kind = f"{command.which} " if command.which in ("unassigned",) else ""
    more = f" The first {MOST} are below." if len(rows) > MOST else ""
    return f"{len(rows) or 'No'} {kind}case{'s' if len(rows) != 1 else ''} to do.{more}"


def _wanted(turn: Turn, row: Any, which: str) -> bool:
    if which == "unassigned":
        return row.owner_id is None
    if which == "mine":
        return bool(row.owner_id == turn.person.id)
    if which == "concerns":
        raised = concern.latest(turn.tx, row.id)
        return raised is not None and raised.taken_at is None
    return True


def _due(row: Any) -> datetime:
    moments = (row.first_due_at if row.answered_at is None else row.next_due_at, row.resolve_due_at)
    return min((moment for moment in moments if moment), default=_LATE)
