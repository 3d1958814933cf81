"""Dispatches that wait: taken back, or let go at once, with what they have changed on their cases."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.desk.handlers.deadlines import sla_targets
from bot.desk.turn.restore import restore
from bot.desk.turn.turn import State, Turn
from bot.notices.conversation import CustomerActed
from bot.queries import public_entries
from store.cases import case as cases
from store.cases import case_merge
from store.cases import entry as entries
from store.cases.case import Case
from store.cases.case_list import OVER
from store.cases.entry import Entry
from store.queues import dispatch
from store.queues.dispatch import WAITING, Dispatch, DispatchedParcel

CLOCKS = tuple(sla_targets.STEPS)
"""Timers that follow from a case's columns."""
RESTING = (*OVER, "waiting")
"""The states in which nobody of the desk works on a case."""
WROTE = "The customer wrote before they were told that the case is closed: that was taken back"
CLOSED = "The customer closed the case before they were told that it is closed: that was taken back"


def standing(turn: Turn, source: str, key: str) -> list[Dispatch]:
    """What the message of this key has sent or is to send to customers, and was not taken back."""
    return [row for row in dispatch.of_request(turn.tx, source, key) if row.state == WAITING]


def take_back(turn: Turn, sent: Sequence[Dispatch]) -> list[DispatchedParcel]:
    """Withdraw all deliveries of these and restore the cases; if any was taken up, only return those."""
    if left := begun(turn, sent):
        return left
    for row in reversed(sent):
        dispatch.withdraw(turn.tx, row.id, now=turn.now)
        _restore(turn, turn.case(row.case_id), row)
    return []


def begun(turn: Turn, sent: Sequence[Dispatch]) -> list[DispatchedParcel]:
    """The deliveries of these that somebody has taken up; nobody takes up any until the transaction ends."""
    parcels = [parcel for row in sent for parcel in dispatch.parcels(turn.tx, row.id, lock=True)]
    return [parcel for parcel in parcels if not parcel.untouched]


def take_back_rest(turn: Turn, sent: Sequence[Dispatch]) -> bool:
    """Take back each of these that has not begun to leave, the last one first; was there any?"""
    late = [take_back(turn, [row]) for row in reversed(sent)]
    return not all(late)


def meet(turn: Turn, case: Case, what: str = WROTE) -> bool:
    """Meet a customer who acts on a case without knowing what waits for them; was there anything?

    What closes it is taken back, unless it has words: then it is told at once, and what waits before it. So is what
    opens it again, which nobody can take back any more: that would close the case over what they wrote.
    ``what`` is told of their doing.
    """
    met = case.over and _meet_closing(turn, case, what)
    return (not case.over and _release(turn, case, _reopens)) or met


def closing_waits(turn: Turn, case: Case) -> bool:
    """Is a case over, and its customers may not know it yet?"""
    return case.over and not dispatch.unsaid(turn.tx, case.id, now=turn.now).seen(case).over


def _meet_closing(turn: Turn, case: Case, what: str) -> bool:
    closings = _closings(turn, case)
    if any(json.loads(row.entries) for row in closings):
        return _release(turn, case, _closes)
    if not closings or take_back(turn, closings):
        return False
    closers = [turn.people.by_id(number) for number in dict.fromkeys(row.person_id for row in closings)]
    stays = what if case.over or what != WROTE else f"{what}, and it stays open"
    turn.notifier.tell_desk(CustomerActed(what=stays), case, to=[closer for closer in closers if closer])
    return True


def _release(turn: Turn, case: Case, which: Callable[[Dispatch], bool]) -> bool:
    """Let the last such dispatch that waits leave at once, and what waits before it; was there any?"""
    held = dispatch.held(turn.tx, case.id, now=turn.now)
    leaving = held[next((place for place, row in enumerate(held) if which(row)), len(held)) :]
    for row in leaving:
        dispatch.release(turn.tx, row.id, now=turn.now)
    return bool(leaving)


def _closings(turn: Turn, case: Case) -> list[Dispatch]:
    """What waits and the messages that close this case send on it; nothing of what they send on others."""
    closing = filter(_closes, dispatch.held(turn.tx, case.id, now=turn.now))
    rows = {row.id: row for sent in closing for row in standing(turn, sent.source, sent.key)}
    return [rows[number] for number in sorted(rows) if rows[number].case_id == case.id]


def _closes(sent: Dispatch) -> bool:
    """Has it closed its case, or for another reason than it was closed for?"""
    return any(after in OVER and before != after for before, after in _states(sent))


def _reopens(sent: Dispatch) -> bool:
    """Has it opened its case again, or ended its waiting?"""
    return any(before in RESTING and after not in RESTING for before, after in _states(sent))


def _states(sent: Dispatch) -> list[tuple[str, str]]:
    """What the case was before each of its changes, and after it."""
    return [(before["columns"]["state"], after["columns"]["state"]) for before, after in _changes(sent)]


def _changes(sent: Dispatch) -> list[tuple[State, State]]:
    return [(before, after) for before, after in json.loads(sent.changes)]


def _restore(turn: Turn, case: Case, sent: Dispatch) -> None:
    """Make a case, and what was said on it, what it would be without this dispatch."""
    for entry_id in json.loads(sent.entries):
        entries.mark(turn.tx, entry_id, kind=entries.TAKEN_BACK, visibility="internal")
    changes, answer = _changes(sent), _answer_since(turn, case, sent)
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
            for number, (first, then) in enumerate(_changes(row))
        ]
        dispatch.rewrite(turn.tx, row.id, json.dumps(rebased))


def _based(state: State, stale: State, columns: Mapping[str, Any], names: set[str]) -> State:
    """A state with these columns where it has those of the ``stale`` one."""
    same = {name for name in names if state["columns"].get(name) == stale["columns"][name]}
    return {**state, "columns": {**state["columns"], **{name: columns[name] for name in same}}}
