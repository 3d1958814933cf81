"""Reversal: a case becomes what it would be without a dispatch that was taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.desk.handlers.deadlines import sla_targets
from bot.desk.turn.restore import restore
from bot.desk.turn.turn import State, Turn
from bot.queries import public_entries
from store.cases import case as cases
from store.cases import case_merge
from store.cases import entry as entries
from store.cases.case import Case
from store.cases.entry import Entry
from store.queues import dispatch
from store.queues.dispatch import Dispatch

CLOCKS = tuple(sla_targets.STEPS)
"""Timers that follow from a case's columns."""


def reverse(turn: Turn, case: Case, sent: Dispatch) -> None:
    """Make a case, and what was said on it, what it would be without this dispatch."""
    for entry_id in json.loads(sent.entries):
        entries.mark(turn.tx, entry_id, kind=entries.TAKEN_BACK, visibility="internal")
    changes, answer = sent.steps, _answer_since(turn, case, sent)
    for before, after in reversed(changes):
        restore(turn, case, _answered(before, answer) if answer else before, after, clocks=CLOCKS)
    _forget_moved(turn, case, sent)
    if case.merged_id is not None:
        _restore_parted(turn, case, changes)
    if changes:
        _rebase(turn, sent, changes[0][0], changes[-1][1], answer)
    sla_targets.run(turn, case)
    cases.take_back_events(turn.tx, case.id, at=sent.at, by=sent.person_id)
    turn.record(case, entries.TAKEN_BACK)
    turn.notifier.show_status(sent.id, sent.source)


def _forget_moved(turn: Turn, case: Case, sent: Dispatch) -> None:
    """Let nobody wait here for an answer to words that have moved to another case since this dispatch."""
    since = [event.name for event in cases.events(turn.tx, case.id) if event.at >= sent.at]
    if case.asked_at is None or "split off" not in since:
        return
    rows = public_entries.rows(turn.tx, case.id)
    if rows and rows[-1].person_role != "contact":
        turn.change(case, asked_at=None, reply_told=0)


def _restore_parted(turn: Turn, case: Case, changes: Sequence[tuple[State, State]]) -> None:
    """Let a merged case, once it is parted again, be what it would be without these changes."""
    merger = case_merge.active(turn.tx, case.id)
    if merger is None:
        return
    parted = dict(merger.before)
    for before, after in reversed(changes):
        columns = {name: value for name, value in before["columns"].items() if name in parted}
        parted |= {name: value for name, value in columns.items() if parted[name] == after["columns"][name]}
        if {kind for kind, _ in parted["timers"]} <= after["timers"].keys():
            parted["timers"] = list(before["timers"].items())
    case_merge.rewrite(turn.tx, merger.id, parted)


def _answer_since(turn: Turn, case: Case, sent: Dispatch) -> Entry | None:
    """The first answer of the desk that was given after this dispatch, and stands."""
    last = max(json.loads(sent.entries), default=0)
    rows = public_entries.rows(turn.tx, case.id)
    since = (row for row in rows if (row.id > last if last else row.received_at > sent.at))
    own = (row for row in since if row.case_id == case.id and row.person_role != "contact")
    return next((row for row in own if row.person_id != case.requester_id), None)


def _answered(before: State, answer: Entry) -> State:
    """What a case was ``before``, had it been answered by this next."""
    columns = dict(before["columns"])
    columns |= {
        "state": "open" if columns["state"] == "new" else columns["state"],
        "owner_id": columns["owner_id"] or answer.person_id,
        "answered_at": columns["answered_at"] or answer.received_at.isoformat(),
        "asked_at": None,
        "next_due_at": None,
        "reply_told": 0,
    }
    return {**before, "columns": columns}


def _rebase(turn: Turn, sent: Dispatch, before: State, after: State, answer: Entry | None) -> None:
    """Let the dispatches after this one have changed the case from what it was before it, not after it."""
    changed = {name for name, value in before["columns"].items() if after["columns"].get(name) != value}
    result = before["columns"]
    for row in reversed(dispatch.held(turn.tx, sent.case_id, now=turn.now)):
        if row.id <= sent.id:
            continue
        base = result
        if answer and answer.id in json.loads(row.entries):
            result = _answered(before, answer)["columns"]
        rebased = [
            (_based(first, after, result if number else base, changed), _based(then, after, result, changed))
            for number, (first, then) in enumerate(row.steps)
        ]
        dispatch.rewrite(turn.tx, row.id, json.dumps(rebased))


def _based(state: State, stale: State, columns: Mapping[str, Any], names: set[str]) -> State:
    """A state with these columns where it has those of the ``stale`` one."""
    same = {name for name in names if state["columns"].get(name) == stale["columns"][name]}
    return {**state, "columns": {**state["columns"], **{name: columns[name] for name in same}}}
