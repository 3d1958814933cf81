"""What was sent to customers: taken back while it waits, tried again where it failed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from bot.commands.dispatch import Retry, Undo
from bot.desk.handlers.deadlines import sla_targets
from bot.desk.turn.handler import handles
from bot.desk.turn.restore import restore
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.translatable import together
from bot.notices.conversation import CustomerActed
from bot.syntax.case_numbers import label
from store.cases import case as cases
from store.cases import entry as entries
from store.cases.case import Case
from store.cases.case_list import OVER
from store.queues import dispatch, outbox_outcomes
from store.queues.dispatch import WAITING, Dispatch, DispatchDelivery

CLOCKS = tuple(sla_targets.STEPS)
"""Timers that follow from a case's columns."""
STANDS_THERE = "It still stands in the customers' thread: whoever wrote it can delete it there, too."


@handles(Undo)
def undo(turn: Turn, command: Undo) -> str:
    """Take back what waits to be sent, all of it or nothing; its words stay, for the desk alone."""
    case = turn.case(command.case)
    sent = _meant(turn, case, command.dispatch)
    if not sent:
        return "It was taken back already: nothing was sent."
    if begun := _begun(turn, sent[:1]):
        raise Refusal(_too_late(turn, begun))
    take_back_rest(turn, sent[1:])
    take_back(turn, sent[:1])
    return taken_back(turn, sent[:1])


def _meant(turn: Turn, case: Case, number: int) -> list[Dispatch]:
    """The dispatch of this number, else the asker's last, and what its message has sent since.

    Nothing if all of it is undone. Raises a refusal.
    """
    named = dispatch.by_id(turn.tx, number) if number else _last(turn, case)
    if named is None or named.case_id != case.id:
        raise Refusal(f"Nothing was sent on {label(case.id)} that could be taken back.")
    rows = standing(turn, named.source, named.key)
    return [row for row in rows if row.case_id == case.id and row.id >= named.id]


def _last(turn: Turn, case: Case) -> Dispatch | None:
    """What waits and the asker sent last, else a colleague; where nothing waits, what was sent last."""
    held = dispatch.held(turn.tx, case.id, now=turn.now)
    own = [row for row in held if row.person_id == turn.person.id]
    return next(iter(own or held), None) or dispatch.last(turn.tx, case.id)


def standing(turn: Turn, source: str, key: str) -> list[Dispatch]:
    """What the message of this key has sent or is to send to customers, and was not taken back."""
    return [row for row in dispatch.of_request(turn.tx, source, key) if row.state == WAITING]


def take_back(turn: Turn, sent: Sequence[Dispatch]) -> list[DispatchDelivery]:
    """Withdraw all deliveries of these and restore the cases; if any was taken up, only return those."""
    if begun := _begun(turn, sent):
        return begun
    for row in reversed(sent):
        dispatch.withdraw(turn.tx, row.id, now=turn.now)
        _restore(turn, turn.case(row.case_id), row)
    return []


def _begun(turn: Turn, sent: Sequence[Dispatch]) -> list[DispatchDelivery]:
    """The deliveries of these that somebody has taken up; nobody takes up any until the transaction ends."""
    deliveries = [delivery for row in sent for delivery in dispatch.deliveries(turn.tx, row.id, lock=True)]
    return [delivery for delivery in deliveries if not delivery.untouched]


def take_back_rest(turn: Turn, sent: Sequence[Dispatch]) -> bool:
    """Take back each of these that has not begun to leave, the last one first; was there any?"""
    begun = [take_back(turn, [row]) for row in reversed(sent)]
    return not all(begun)


def take_back_closing(turn: Turn, case: Case) -> bool:
    """Take back what closes a case whose customer has spoken without knowing of it; was there any?

    With words it is told at once instead: they have an answer to read, and then that the case is open again.
    """
    closed = _closing(turn, case)
    if any(json.loads(row.entries) for row in closed):
        for row in closed:
            dispatch.release(turn.tx, row.id, now=turn.now)
        return False
    if not closed or take_back(turn, closed):
        return False
    closer = turn.people.by_id(closed[0].person_id)
    what = "The customer wrote before they were told that the case is closed: that was taken back, and it stays open"
    turn.notifier.tell_desk(CustomerActed(what=what), case, to=[closer] if closer else None)
    return True


def release_reopening(turn: Turn, case: Case) -> None:
    """Tell customers at once that a case is open again, and what waits before that: one has spoken on it.

    It cannot be taken back any more, which would close the case over their words.
    """
    held = dispatch.held(turn.tx, case.id, now=turn.now)
    last = next((place for place, row in enumerate(held) if _reopens(row)), None)
    for row in held[last:] if last is not None else ():
        dispatch.release(turn.tx, row.id, now=turn.now)


def _closing(turn: Turn, case: Case) -> list[Dispatch]:
    """What waits and the message that closes this case sends on it; nothing of what it sends on others."""
    closing = next(filter(_closes, dispatch.held(turn.tx, case.id, now=turn.now)), None)
    rows = standing(turn, closing.source, closing.key) if closing else []
    return [row for row in rows if row.case_id == case.id]


def _closes(sent: Dispatch) -> bool:
    """Has it closed its case?"""
    return any(after in OVER and before not in OVER for before, after in _states(sent))


def _reopens(sent: Dispatch) -> bool:
    """Has it opened its case again?"""
    return any(before in OVER and after not in OVER for before, after in _states(sent))


def _states(sent: Dispatch) -> list[tuple[str, str]]:
    """What the case was before each of its changes, and after it."""
    steps = [(before["columns"], after["columns"]) for before, after in json.loads(sent.changes)]
    return [(before["state"], after["state"]) for before, after in steps]


def _restore(turn: Turn, case: Case, sent: Dispatch) -> None:
    """Make a case, and what was said on it, what it would be without this dispatch."""
    for entry_id in json.loads(sent.entries):
        entries.mark(turn.tx, entry_id, kind=entries.TAKEN_BACK, visibility="internal")
    for before, after in reversed(json.loads(sent.changes)):
        restore(turn, case, before, after, clocks=CLOCKS)
    sla_targets.run(turn, case)
    cases.take_back_events(turn.tx, case.id, at=sent.at, by=sent.person_id)
    turn.record(case, entries.TAKEN_BACK)
    turn.notifier.show_status(sent.id, sent.source)


def taken_back(turn: Turn, sent: Sequence[Dispatch]) -> str:
    """Tell the desk, and whoever wrote it, that this was taken back; returns it in words."""
    sender = turn.people.by_id(sent[0].person_id)
    other = None if sender is None or sender.id == turn.person.id else sender
    whose = f" that {other.shown} wrote" if other else ""
    there = any(row.in_thread for row in sent)
    but = ", but it stands in their own thread" if there else ""
    what = f"{turn.person.shown} took back what was to be sent{whose}: no customer has it{but}"
    numbers = list(dict.fromkeys(row.case_id for row in sent))
    for number in numbers:
        case = turn.case(number)
        turn.notifier.tell_desk(CustomerActed(what=what), case, to=[other] if other else None)
    names = " and ".join(map(label, numbers))
    verb = "keep" if numbers[1:] else "keeps"
    nothing = f"nothing of what {other.shown} wrote was sent" if other else "nothing was sent"
    words = f"Taken back: {nothing}. {names} {verb} the words, for the support team alone."
    return together(words, STANDS_THERE if there else "")


def _too_late(turn: Turn, begun: list[DispatchDelivery]) -> str:
    left = [delivery.settled_at for delivery in begun if delivery.outcome == "sent" and delivery.settled_at]
    if not left:
        return "Too late: it is leaving just now, so nothing was taken back."
    return f"Too late: it left at {_clock(turn, min(left))}, so nothing was taken back."


def _clock(turn: Turn, moment: datetime) -> str:
    return f"{moment.astimezone(turn.config.office.zone):%H:%M:%S}"


@handles(Retry)
def retry(turn: Turn, command: Retry) -> str:
    """Try once more to deliver what failed, to everybody who did not get it."""
    case = turn.case(command.case)
    row = outbox_outcomes.reported_delivery(turn.tx, command.delivery)
    if row is None or row.case_id is None or turn.case(row.case_id).leads_to != case.leads_to:
        raise Refusal(f"There is nothing to be tried again on {label(case.id)}.")
    turn.touched = case
    if not outbox_outcomes.retry_failed(turn.tx, command.delivery, now=turn.now):
        return "It is being tried again already, or has arrived meanwhile."
    turn.record(case, "tried again", to=row.recipient)
    for sent, channel in dispatch.of_deliveries(turn.tx, [command.delivery]).items():
        turn.notifier.show_status(sent, channel)
    return "It is tried again now. If that fails too, you will read it here."
