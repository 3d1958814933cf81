"""A bounce changes what is known of a delivery, and the desk alone is notified."""

from __future__ import annotations

from bot.commands.house import Bounced
from bot.desk.handlers.deadlines import timers
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.choice import retry
from bot.model.rule import CUSTOMERS
from bot.model.translatable import saying
from bot.notices.conversation import CustomerActed
from bot.notices.notice import called
from bot.syntax.case_numbers import label
from store.cases import participant
from store.cases.case import Case
from store.queues import dispatch, outbox_outcomes
from store.queues.outbox_outcomes import ReportedDelivery

EVENTS = {"failed": "not delivered", "delayed": "delivery delayed", "complained": "complaint"}
"""What the case's history calls each outcome."""
_SENTENCES = {
    "failed": (
        "{notice} could not be delivered to {who}",
        "{notice} could not be delivered to {who}: {reason}",
    ),
    "delayed": (
        "{notice} has not reached {who} yet, and is still being tried",
        "{notice} has not reached {who} yet, and is still being tried: {reason}",
    ),
    "complained": (
        "{notice} was complained of by {who}",
        "{notice} was complained of by {who}: {reason}",
    ),
}
"""What is said of each outcome, without a reason and with one."""


@handles(Bounced)
def bounced_back(turn: Turn, command: Bounced) -> str:
    """Set the recipient's delivery, once; a case that waited for this customer returns to work."""
    row = outbox_outcomes.reported_delivery(turn.tx, command.delivery)
    if row is None:
        return saying("There is no such delivery any more.")
    if not outbox_outcomes.write_report(
        turn.tx, command.delivery, command.outcome, command.reason, now=turn.now
    ):
        return saying("That, or more, is known already.")
    for sent, channel in dispatch.of_deliveries(turn.tx, [command.delivery]).items():
        turn.notifier.show_status(sent, channel)
    if row.case_id is None:
        return f"Set to {command.outcome}."
    case = turn.case(turn.case(row.case_id).leads_to)
    _tell(turn, case, row, command)
    return f"{label(case.id)}: {EVENTS[command.outcome]}."


def _tell(turn: Turn, case: Case, row: ReportedDelivery, command: Bounced) -> None:
    """Record what was not delivered; for staff that is all, because mail about it could bounce again."""
    person = turn.people.by_id(row.person_id) if row.person_id else None
    who = person.shown if person else row.recipient
    turn.record(
        case, EVENTS[command.outcome], notice=row.notice, to=who, address=row.recipient, why=command.reason
    )
    if person is None or person.staff:
        return
    if command.outcome != "delayed" and participant.role(turn.tx, case.id, person.id) in CUSTOMERS:
        timers.returned(turn, case)
    who = f"{who} <{row.recipient}>" if who != row.recipient else who
    reason = command.reason[:200].rstrip(".")
    pattern = _SENTENCES[command.outcome][bool(reason)]
    what = saying(pattern, notice=called(row.notice), who=who, reason=reason)
    choices = (retry(case.id, command.delivery),) if command.outcome == "failed" else ()
    turn.notifier.tell_desk(CustomerActed(what=what, choices=choices), case)
    turn.change(case)
