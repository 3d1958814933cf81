"""Restoring a case: what a command changed on it is put back, where nothing else has changed it since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.desk.turn.turn import State, Turn
from store.cases import sla_pause, timer
from store.cases.case import Case

COLUMNS = (
    "state",
    "owner_id",
    "close_reason",
    "closed_at",
    "answered_at",
    "asked_at",
    "next_due_at",
    "begun_at",
    "snoozed_until",
)
"""What a command to customers may change; the clocks' due times follow from these."""
STEP_COUNTS = ("reply_told", "resolve_told")


def state_of(turn: Turn, case: Case) -> State:
    """What can be restored of a case: its columns, its waiting timers, its pauses. JSON."""
    return {
        "columns": {name: _plain(getattr(case, name)) for name in (*COLUMNS, *STEP_COUNTS)},
        "timers": {kind: at.isoformat() for kind, at in timer.waiting(turn.tx, case.id)},
        "pauses": {str(id): [_plain(at) for at in span] for id, *span in sla_pause.all_of(turn.tx, case.id)},
    }


def restore(turn: Turn, case: Case, before: State, after: State, *, clocks: tuple[str, ...]) -> None:
    """Put back what was ``before`` and became ``after``; what has changed since then stays.

    ``clocks``: the kinds of timers that follow from the columns, which the caller starts anew.
    """
    now = state_of(turn, case)
    columns = _put_back("columns", before, after, now)
    if _still_waits(before, columns, now):
        columns |= {name: before["columns"][name] for name in ("asked_at", "next_due_at", "reply_told")}
    turn.change(case, **{name: _moment(name, value) for name, value in columns.items()})
    for id, span in _put_back("pauses", before, after, now).items():
        _pause(turn, int(id), span)
    for kind, at in _put_back("timers", before, after, now).items():
        if kind not in clocks:
            timer.cancel(turn.tx, case.id, (kind,))
            if at:
                timer.start(turn.tx, case.id, kind, datetime.fromisoformat(at))


def _put_back(part: str, before: State, after: State, now: State) -> dict[str, Any]:
    """The values before, of what was changed and is still as it was left."""
    names = {*before[part], *after[part]}
    return {
        name: before[part].get(name)
        for name in sorted(names)
        if before[part].get(name) != after[part].get(name) == now[part].get(name)
    }


def _still_waits(before: State, columns: Mapping[str, Any], now: State) -> bool:
    """Has somebody written again since who waited already? Then they wait since they first did."""
    never_answered = "answered_at" in columns and columns["answered_at"] is None
    asked_before = bool(before["columns"]["asked_at"])
    return bool(now["columns"]["asked_at"]) and (never_answered or asked_before)


def _pause(turn: Turn, id: int, span: Any) -> None:
    if span is None:
        sla_pause.forget(turn.tx, id)
    else:
        sla_pause.set_end(turn.tx, id, datetime.fromisoformat(span[1]) if span[1] else None)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _moment(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if value and name.endswith(("_at", "_until")) else value
