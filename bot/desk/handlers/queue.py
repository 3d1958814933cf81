"""The queue: what the desk has to do, most urgent first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.commands.browse import Queue
from bot.config.load import Config
from bot.config.service_levels import STANDARD
from bot.desk.handlers.people import absence
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.queries.case_detail import case_line
from store.cases import case_list

MOST = 1000
"""Cases in a list."""
_LATE = datetime.max.replace(tzinfo=UTC)


@handles(Queue)
def queue(turn: Turn, command: Queue) -> str:
    """List active cases by priority, then by the targets of their service level, then by what is due next.

    Those that wait for the customer, or are snoozed, are left out; a concern that waits to be taken counts in
    any state.
    """
    special = {"concerns": case_list.with_concerns, "snoozed": case_list.snoozed}
    listing = special.get(command.which, case_list.in_work)
    rows = [row for row in listing(turn.tx) if _wanted(turn, row, command.which)]
    ranks = _ranks(turn.config)
    rows.sort(key=lambda row: (*_rank(ranks, row), _due(row), row.id))
    turn.transcript.list_cases(f"queue {command.which}".strip(), map(case_line, rows[:MOST]))
    singular, plural = _COUNTED[command.which]
    counted = f"{len(rows) or 'No'} {singular if len(rows) == 1 else plural}."
    away = absence.in_words(turn) if command.which in ("", "unassigned") else ""
    return " ".join(filter(None, (counted, away)))


_COUNTED = {
    "": ("case to do", "cases to do"),
    "unassigned": ("unassigned case to do", "unassigned cases to do"),
    "mine": ("case of yours to do", "cases of yours to do"),
    "snoozed": ("snoozed case", "snoozed cases"),
    "concerns": ("case with a concern that nobody has taken", "cases with a concern that nobody has taken"),
}
"""What is counted, one and many, by which queue it is."""


def _wanted(turn: Turn, row: Any, which: str) -> bool:
    if which == "unassigned":
        return row.owner_id is None
    if which == "mine":
        return bool(row.owner_id == turn.person.id)
    return True


def _ranks(config: Config) -> Mapping[tuple[str, str], tuple[Any, ...]]:
    """The rank of each priority and service level; shorter targets come first."""
    return {
        (priority, name): (rank, level.pace(priority))
        for rank, priority in enumerate(config.lists.priorities)
        for name, level in config.levels.items()
    }


def _rank(ranks: Mapping[tuple[str, str], tuple[Any, ...]], row: Any) -> tuple[Any, ...]:
    """The rank of a row; unknown priorities come last, an unknown level counts as the standard one."""
    usual = ranks.get((row.priority, STANDARD), (len(ranks), ()))
    return ranks.get((row.priority, row.service_level), usual)


def _due(row: Any) -> datetime:
    moments = (row.first_due_at if row.answered_at is None else row.next_due_at, row.resolve_due_at)
    return min((moment for moment in moments if moment), default=_LATE)
