"""What was sent to customers: taken back while it waits, tried again where it failed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.commands.dispatch import Retry, Undo
from bot.desk.handlers.cases import waiting_dispatches
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.translatable import enumerated, saying, together
from bot.notices.conversation import CustomerActed
from bot.syntax.case_numbers import label
from store.cases.case import Case
from store.queues import dispatch, outbox_outcomes
from store.queues.dispatch import Dispatch, DispatchDelivery

STANDS_THERE = saying("It still stands in the customers' thread: whoever wrote it can delete it there, too.")


@handles(Undo)
def undo(turn: Turn, command: Undo) -> str:
    """Take back what waits to be sent, all of it or nothing; its words stay, for the desk alone."""
    case = turn.case(command.case)
    sent = _meant(turn, case, command.dispatch)
    if not sent:
        return saying("It was taken back already: nothing was sent.")
    if begun := waiting_dispatches.begun(turn, sent[:1]):
        raise Refusal(_too_late(turn, begun))
    waiting_dispatches.take_back_rest(turn, sent[1:])
    waiting_dispatches.take_back(turn, sent[:1])
    return taken_back(turn, sent[:1])


def _meant(turn: Turn, case: Case, number: int) -> list[Dispatch]:
    """The dispatch of this number, else the asker's last, and what its message has sent since.

    Nothing if all of it is undone. Raises a refusal.
    """
    named = dispatch.by_id(turn.tx, number) if number else _last(turn, case)
    if named is None or turn.case(named.case_id).leads_to != case.leads_to:
        raise Refusal(saying("Nothing was sent on {case} that could be taken back.", case=label(case.id)))
    rows = waiting_dispatches.standing(turn, named.source, named.key)
    return [row for row in rows if row.case_id == named.case_id and row.id >= named.id]


def _last(turn: Turn, case: Case) -> Dispatch | None:
    """What waits and the asker sent last, else a colleague; where nothing waits, what was sent last."""
    held = dispatch.held(turn.tx, case.leads_to, now=turn.now, parts=True)
    own = [row for row in held if row.person_id == turn.person.id]
    return next(iter(own or held), None) or dispatch.last(turn.tx, case.id)


def taken_back(turn: Turn, sent: Sequence[Dispatch]) -> str:
    """Tell the desk, and whoever wrote it, that this was taken back; returns it in words."""
    sender = turn.people.by_id(sent[0].person_id)
    other = None if sender is None or sender.id == turn.person.id else sender
    there = any(row.in_thread for row in sent)
    names = {"who": turn.person.shown, "other": other.shown if other else ""}
    what = saying(_TOOK_BACK[other is not None, there], **names)
    numbers = list(dict.fromkeys(row.case_id for row in sent))
    for number in numbers:
        case = turn.case(number)
        turn.notifier.tell_desk(CustomerActed(what=what), case, to=[other] if other else None)
    nothing = (
        saying("Taken back: nothing of what {who} wrote was sent.", who=other.shown)
        if other
        else saying("Taken back: nothing was sent.")
    )
    pattern = (
        "{cases} keep the words, for the support team alone."
        if numbers[1:]
        else "{cases} keeps the words, for the support team alone."
    )
    words = saying(pattern, cases=enumerated(*map(label, numbers)))
    return together(nothing, words, STANDS_THERE if there else "")


_TOOK_BACK = {
    (False, False): "{who} took back what was to be sent: no customer has it",
    (
        False,
        True,
    ): "{who} took back what was to be sent: no customer has it, but it stands in their own thread",
    (True, False): "{who} took back what was to be sent that {other} wrote: no customer has it",
    (
        True,
        True,
    ): "{who} took back what was to be sent that {other} wrote: no customer has it, but it stands in their "
    "own thread",
}
"""What the desk is told, by whether somebody else wrote it, and whether it stands among customers."""


def _too_late(turn: Turn, begun: list[DispatchDelivery]) -> str:
    left = [delivery.settled_at for delivery in begun if delivery.outcome == "sent" and delivery.settled_at]
    if not left:
        return saying("Too late: it is leaving just now, so nothing was taken back.")
    return saying("Too late: it left at {time}, so nothing was taken back.", time=_clock(turn, min(left)))


def _clock(turn: Turn, moment: datetime) -> str:
    return f"{moment.astimezone(turn.config.zone):%H:%M:%S}"


@handles(Retry)
def retry(turn: Turn, command: Retry) -> str:
    """Try once more to deliver what failed, to everybody who did not get it."""
    case = turn.case(command.case)
    row = outbox_outcomes.reported_delivery(turn.tx, command.delivery)
    if row is None or row.case_id is None or turn.case(row.case_id).leads_to != case.leads_to:
        raise Refusal(saying("There is nothing to be tried again on {case}.", case=label(case.id)))
    turn.touched = case
    if not outbox_outcomes.retry_failed(turn.tx, command.delivery, now=turn.now):
        return saying("It is being tried again already, or has arrived meanwhile.")
    turn.record(case, "tried again", to=row.recipient)
    for sent, channel in dispatch.of_deliveries(turn.tx, [command.delivery]).items():
        turn.notifier.show_status(sent, channel)
    return saying("It is tried again now. If that fails too, you will read it here.")
