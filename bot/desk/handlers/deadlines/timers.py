"""Timers of a case: set, cancelled and set anew as its state changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.desk.handlers.deadlines import customer_silence, sla_targets, snooze_timer
from bot.desk.handlers.people import technical_contact
from bot.desk.turn.turn import Turn
from bot.model import silence
from bot.model.translatable import saying
from store.cases import timer
from store.cases.case import SPAM, Case

CONFIRM, SURVEY = "confirm", "survey"
_OVER = (CONFIRM, SURVEY)
CASE_KINDS = (*sla_targets.STEPS, *silence.KINDS, *technical_contact.KINDS, *_OVER)
"""What is due on a case; other timers are about its deliveries, or about a concern."""
NEVER_ASKED = ("duplicate", "out_of_scope", SPAM)
"""Closing reasons after which nobody is asked how it went."""


def opened(turn: Turn, *, held: bool, priority: str, account_id: int | None, **values: Any) -> Case:
    """Open a case whose clocks run, unless it is held: then it has no targets yet."""
    promise = None if held else sla_targets.promised(turn, account_id, priority)
    columns = promise.columns(turn.now) if promise else {}
    who = {"held": held, "priority": priority, "account_id": account_id}
    case = turn.opened(**who, **columns, **values)
    sla_targets.begin(turn, case, promise)
    if promise:
        technical_contact.watch(turn, case)
    return case


def asked(turn: Turn, case: Case) -> None:
    """Note that a customer wrote: a waiting case goes on, a snoozed one is back, and an answer is due."""
    snooze_timer.wake(turn, case, saying("the customer wrote"))
    if case.state == "waiting":
        go_on(turn, case)
    sla_targets.asked(turn, case)


def answered(turn: Turn, case: Case) -> None:
    """Note that the desk has told the customer something: no answer is due."""
    sla_targets.answered(turn, case)


def wait(turn: Turn, case: Case) -> None:
    """Let the case wait for its customer: the clocks pause, and the customer is reminded now and then."""
    turn.change(case, state="waiting")
    sla_targets.rest(turn, case)
    customer_silence.begin(turn, case)


def go_on(turn: Turn, case: Case) -> None:
    """End the waiting."""
    turn.change(case, state="open")
    customer_silence.end(turn, case)
    sla_targets.resume(turn, case)


def closed(turn: Turn, case: Case) -> None:
    """End what is due; a resolved case waits for confirmation, any other is over and may be surveyed."""
    sla_targets.stop(turn, case)
    snooze_timer.wake(turn, case, saying("closed"))
    timer.cancel(turn.tx, case.id, (*silence.KINDS, *technical_contact.KINDS, *_OVER))
    if turn.request.quiet:
        return
    if case.state == "resolved":
        calendar = sla_targets.level(turn, case.account_id).calendar
        days = turn.config.desk.confirm_days
        timer.start(turn.tx, case.id, CONFIRM, calendar.days_after(turn.now, days))
    elif turn.config.survey.period_days and not case.held and case.close_reason not in NEVER_ASKED:
        timer.start(turn.tx, case.id, SURVEY, turn.now + timedelta(days=turn.config.survey.delay_days))


def reopened(turn: Turn, case: Case) -> None:
    """Restart the clocks: the case is open again, or accepted."""
    timer.cancel(turn.tx, case.id, _OVER)
    sla_targets.restart(turn, case)
    technical_contact.watch(turn, case)


def returned(turn: Turn, case: Case) -> None:
    """Return a case to work whose customer cannot be reached."""
    snooze_timer.wake(turn, case, saying("a delivery failed"))
    if case.state == "waiting":
        go_on(turn, case)
        turn.record(case, "returned to work")
