"""Dispatches that wait: taken back, or let go at once, with what they have changed on their cases."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from bot.desk.handlers.cases import reversal
from bot.desk.turn.turn import Turn
from bot.model.translatable import saying
from bot.notices.conversation import CustomerActed
from store.cases.case import Case
from store.cases.work_list import OVER
from store.queues import dispatch
from store.queues.dispatch import WAITING, Dispatch, DispatchDelivery

RESTING = (*OVER, "waiting")
"""The states in which nobody of the desk works on a case."""
WROTE = saying("The customer wrote before they were told that the case is closed: that was taken back")
STAYS_OPEN = saying(
    "The customer wrote before they were told that the case is closed: that was taken back, and it stays open"
)
CLOSED = saying("The customer closed the case before they were told that it is closed: that was taken back")


def standing(turn: Turn, source: str, key: str) -> list[Dispatch]:
    """What the message of this key has sent or is to send to customers, and was not taken back."""
    return [row for row in dispatch.of_request(turn.tx, source, key) if row.state == WAITING]


def take_back(turn: Turn, sent: Sequence[Dispatch]) -> list[DispatchDelivery]:
    """Withdraw all deliveries of these and restore the cases; if any was taken up, only return those."""
    if left := begun(turn, sent):
        return left
    for row in reversed(sent):
        dispatch.withdraw(turn.tx, row.id, now=turn.now)
        reversal.reverse(turn, turn.case(row.case_id), row)
    return []


def begun(turn: Turn, sent: Sequence[Dispatch]) -> list[DispatchDelivery]:
    """The deliveries of these that somebody has taken up; nobody takes up any until the transaction ends."""
    deliveries = [delivery for row in sent for delivery in dispatch.deliveries(turn.tx, row.id, lock=True)]
    return [delivery for delivery in deliveries if not delivery.untouched]


def take_back_rest(turn: Turn, sent: Sequence[Dispatch]) -> bool:
    """Take back each of these that has not begun to leave, the last one first; was there any?"""
    late = [take_back(turn, [row]) for row in reversed(sent)]
    return not all(late)


def settle(turn: Turn, case: Case, what: str = WROTE) -> bool:
    """Settle what waits on a case whose customer acts without knowing of it; was there anything?

    What closes it is taken back, unless it has words: then it is told at once, and what waits before it. So is what
    opens it again, which nobody can take back any more: that would close the case over what they wrote.
    ``what`` is told of their doing.
    """
    met = case.over and _settle_closing(turn, case, what)
    return (not case.over and _release(turn, case, _reopens)) or met


def closing_waits(turn: Turn, case: Case) -> bool:
    """Is a case over, and its customers may not know it yet?"""
    return case.over and not dispatch.pending(turn.tx, case.id, now=turn.now).customer_view(case).over


def _settle_closing(turn: Turn, case: Case, what: str) -> bool:
    closings = _closings(turn, case)
    if any(json.loads(row.entries) for row in closings):
        return _release(turn, case, _closes)
    if not closings or take_back(turn, closings):
        return False
    closers = [turn.people.by_id(number) for number in dict.fromkeys(row.person_id for row in closings)]
    stays = what if case.over or what != WROTE else STAYS_OPEN
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
    return [(before["columns"]["state"], after["columns"]["state"]) for before, after in sent.steps]
