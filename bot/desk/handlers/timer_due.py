"""What happens when a timer is due, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from bot.commands.case import Close
from bot.commands.house import Due
from bot.desk.handlers.cases import lifecycle
from bot.desk.handlers.conversation import broadcast, seek_case, undelivered
from bot.desk.handlers.deadlines import (
    concern_escalation,
    customer_silence,
    sla_targets,
    snooze_timer,
    timers,
)
from bot.desk.handlers.people import technical_contact
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model import silence
from bot.notices.case import ClosedQuietly, SurveyInvitation
from bot.queries.message_status import UNCHOSEN
from bot.syntax.case_numbers import label
from store.cases import survey, timer
from store.cases.case import Case


class Overtaken(Exception):
    """The timer was cancelled, or is another process's: nothing may happen, not even a receipt."""


@handles(Due)
def due(turn: Turn, command: Due) -> str:
    """Do what a timer is for, once. Raises ``Overtaken`` if the timer is no longer the clock's."""
    if not timer.settle(turn.tx, command.timer, command.fence):
        raise Overtaken(command.kind)
    case = turn.case(command.case)
    for prefix, when_due in PREFIXES.items():
        if command.kind.startswith(prefix):
            return f"{label(case.id)}: {when_due(turn, turn.case(case.leads_to), command.kind)}."
    if command.kind.startswith(broadcast.KIND):
        return f"{label(case.id)}: {broadcast.when_due(turn, case, command.kind)}."
    return f"{label(case.id)}: {KINDS[command.kind](turn, case, command.kind)}."


def _silence(turn: Turn, case: Case, kind: str) -> str:
    return customer_silence.when_due(turn, case, kind, _close_for_silence)


def _close_for_silence(turn: Turn, case: Case) -> None:
    lifecycle.finish(turn, case, Close(case.id, "no_response"))


def _confirmed(turn: Turn, case: Case, kind: str) -> str:
    """Close a resolved case whose customer said nothing more."""
    if case.state != "resolved":
        return "not resolved any more"
    turn.change(case, state="closed", closed_at=turn.now)
    turn.record(case, "closed", reason=case.close_reason, state="closed")
    desk = turn.config.desk
    closed = ClosedQuietly(confirm_days=desk.confirm_days, reopen_days=desk.reopen_days)
    turn.notifier.tell_all(closed, turn.people.customers(case), case)
    turn.notifier.tell_place(closed, case)
    timers.closed(turn, case)
    return "closed"


def _survey(turn: Turn, case: Case, kind: str) -> str:
    """Invite the requester to a survey, unless invited recently or there is no page to answer on."""
    period = timedelta(days=turn.config.survey.period_days)
    requester = next((who for who in turn.people.customers(case) if who.id == case.requester_id), None)
    if case.state != "closed" or case.close_reason in timers.NEVER_ASKED or not period or requester is None:
        return "not asked"
    if requester.staff or not turn.notifier.page_url("case", case, requester):
        return "not asked: there is no page for it"
    last = survey.last_invited(turn.tx, requester.id)
    if last and turn.now - last < period:
        return "not asked: asked lately"
    invitation = survey.invite(turn.tx, case.id, requester.id, now=turn.now)
    url = turn.notifier.page_url("survey", case, requester, invitation)
    turn.record(case, "survey sent")
    turn.notifier.tell(SurveyInvitation(survey_url=url), requester, case)
    return "asked"


KINDS: Mapping[str, Callable[[Turn, Case, str], str]] = {
    **dict.fromkeys(sla_targets.STEPS, sla_targets.when_due),
    **dict.fromkeys(silence.KINDS, _silence),
    **dict.fromkeys(technical_contact.KINDS, technical_contact.when_due),
    **dict.fromkeys(concern_escalation.KINDS, concern_escalation.when_due),
    snooze_timer.KIND: snooze_timer.when_due,
    timers.CONFIRM: _confirmed,
    timers.SURVEY: _survey,
}
PREFIXES: Mapping[str, Callable[[Turn, Case, str], str]] = {
    **dict.fromkeys(
        (undelivered.KIND, undelivered.UNREACHED), partial(undelivered.tell, returned=timers.returned)
    ),
    undelivered.EPHEMERAL: undelivered.tell_ephemeral,
    undelivered.LATE: undelivered.tell_late,
    undelivered.DELAYED: undelivered.tell_delayed,
    undelivered.REFUSED: undelivered.tell_of_place,
    UNCHOSEN: seek_case.read_again,
}
"""Handlers by the prefix of a timer's kind. They get the case that the timer's own was merged into, if it was."""
