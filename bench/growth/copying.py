"""The statement by which a store copies the rows of a table, in either store's words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Table

from bench.growth.staged import Plan, Staged, Staging, steps
from store.engine.columns import Moment

BODIES = "outgoing_body"
"""What was sent: ``KEPT`` long, then its delivery has neither it nor bytes of its own."""
KEPT = timedelta(days=5)
SOON = timedelta(hours=1)
"""What would have been due by then is settled, else the first minute would be spent on two years of timers."""


class Words(Protocol):
    """How a store says what the others say otherwise."""

    number: str
    """The block's."""
    here: str
    """``HERE``, as a text."""
    empty: str
    """No bytes."""

    def place(self, table: Table) -> str:
        """Where a table's rows are staged."""
        ...

    def moment(self, column: str, step: timedelta) -> str:
        """A staged moment, so many steps later, as the store keeps it."""
        ...

    def later(self, column: str, step: timedelta, than: datetime) -> str:
        """Is that later?"""
        ...


def copying(staged: Staged, plan: Plan, words: Words) -> str:
    """The statement; it is given the block's number."""
    names = ", ".join(f'"{column.name}"' for column in staged.table.columns)
    values = ", ".join(_value(each, staged, plan, words) for each in staged.columns)
    which = f" WHERE {_recent(staged['id'], plan, words)}" if staged.table.name == BODIES else ""
    return (
        f'INSERT INTO "{staged.table.name}" ({names}) SELECT {values} FROM {words.place(staged.table)}{which}'
    )


def _value(staging: Staging, staged: Staged, plan: Plan, words: Words) -> str:
    name = f'"{staging.column.name}"'
    queued = "fence" in staged.table.columns
    if queued and staging.column.name == "outcome":
        later = words.later('"due_at"', plan.step, plan.now + SOON)
        return f"CASE WHEN \"due_at\" IS NULL OR {later} THEN {name} ELSE 'done' END"
    if queued and staging.column.name == "due_at":
        return f"CASE WHEN {words.later(name, plan.step, plan.now + SOON)} THEN {words.moment(name, plan.step)} END"
    if isinstance(staging.column.type, Moment):
        return words.moment(name, plan.step)
    if "body_id" in staged.table.columns:
        recent = _recent(staged["body_id"], plan, words)
        if staging.column.name == "payload":
            return f'CASE WHEN "body_id" IS NULL OR {recent} THEN {name} ELSE {words.empty} END'
        if staging.column.name == "body_id":
            return f"CASE WHEN {recent} THEN {_number(staging, words)} END"
    return (
        f"replace({name}, {words.here}, {_text(words)})" if staging.has_numbers else _number(staging, words)
    )


def _number(staging: Staging, words: Words) -> str:
    step = f'"{steps(staging)}"' if staging.apart else str(staging.number)
    return f'"{staging.column.name}"' + ("" if step == "0" else f" + {words.number} * {step}")


def _recent(staging: Staging, plan: Plan, words: Words) -> str:
    """Is what an id names of the last days? It begins with its milliseconds."""
    return f"{_number(staging, words)} > {int((plan.now - KEPT).timestamp()) * 1000 << 22}"


def _text(words: Words) -> str:
    return f"CAST({words.number} AS TEXT)"
