"""Timers: a first answer that is due or overdue, a resolved case that is confirmed, a survey that is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.commands import Due
from bot.grammar import label
from bot.handlers import undelivered
from bot.handlers.concern import managers
from bot.levels import STANDARD
from bot.sla import Level, Promise
from bot.turn import Turn
from store import account, survey, timer
from store.case import Case

REPLY_DUE, REPLY_OVERDUE, STILL_NO_REPLY = "reply due", "reply overdue", "still no reply"
CONFIRM, SURVEY = "confirm", "survey"
_REPLY = (REPLY_DUE, REPLY_OVERDUE, STILL_NO_REPLY)
_OVER = (CONFIRM, SURVEY)
CASE_KINDS = (*_REPLY, *_OVER)
"""What is due on a case; other timers are about its deliveries."""
NEVER_ASKED = ("duplicate", "out_of_scope", "spam")
"""Closing reasons after which nobody is asked how it went."""


class Overtaken(Exception):
    """The timer was cancelled, or is in somebody else's hands: nothing must happen, not even a receipt."""


# what starts and stops timers


def promised(turn: Turn, account_id: int | None, priority: str) -> Promise | None:
    """By when somebody who begins to wait now is to be answered; None: nothing is promised, as to old mail."""
    if turn.request.quiet:
        return None
    return _level(turn, account_id).first_reply(priority, turn.now)


def begin(turn: Turn, case: Case, promise: Promise | None) -> None:
    """Let the clock of the first answer run. Of its three timers each starts the next."""
    if promise:
        timer.start(turn.tx, case.id, REPLY_DUE, promise.warn_at)


def answered(turn: Turn, case: Case) -> None:
    """Somebody of the desk has told the customer something: the clock of the first answer stops."""
    if case.answered_at is None:
        turn.change(case, answered_at=turn.now)
        timer.cancel(turn.tx, case.id, _REPLY)


def closed(turn: Turn, case: Case) -> None:
    """Nothing is due any more; a resolved case is to be confirmed, any other is over, and may be asked about."""
    timer.cancel(turn.tx, case.id, (*_REPLY, *_OVER))
    if turn.request.quiet:
        return
    if case.state == "resolved":
        calendar = _level(turn, case.account_id).calendar
        days = turn.config.desk.confirm_days
        timer.start(turn.tx, case.id, CONFIRM, calendar.days_after(turn.now, days))
    elif turn.config.survey.period_days and not case.held and case.close_reason not in NEVER_ASKED:
        timer.start(turn.tx, case.id, SURVEY, turn.now + timedelta(days=turn.config.survey.delay_days))


def reopened(turn: Turn, case: Case) -> None:
    """The case is open again; whoever was never answered waits anew."""
    timer.cancel(turn.tx, case.id, _OVER)
    woken(turn, case)


def woken(turn: Turn, case: Case) -> None:
    """The customer has something to be answered again: a first answer that never came is due anew.

    Its clock does not run for a case that is held, is over, or waits for the customer.
    """
    if case.answered_at is not None:
        return
    timer.cancel(turn.tx, case.id, _REPLY)
    promise = promised(turn, case.account_id, case.priority) if _awaited(case) else None
    due_at = promise.due_at if promise else None
    if case.first_due_at != due_at:
        turn.change(case, first_due_at=due_at)
    begin(turn, case, promise)


def returned(turn: Turn, case: Case) -> None:
    """What the case waits for cannot come: somebody of the desk is to look at it."""
    if case.state == "waiting":
        turn.change(case, state="open")
        turn.record(case, "returned to work")
        woken(turn, case)


# what happens when they come


def due(turn: Turn, command: Due) -> str:
    """Let what was to happen happen, once. Raises ``Overtaken`` if the timer is no longer the clock's."""
    if not timer.settle(turn.tx, command.timer, command.fence):
        raise Overtaken(command.kind)
    case = turn.case(command.case)
    if command.kind.startswith(undelivered.KIND):
        case = turn.case(case.leads_to)
        return f"{label(case.id)}: {undelivered.tell(turn, case, command.kind, returned)}."
    return f"{label(case.id)}: {KINDS[command.kind](turn, case)}."


def _reply_due(turn: Turn, case: Case) -> str:
    """Warn those who can still keep the promise; once it is broken, only that is told."""
    if not _awaited(case) or case.first_due_at is None:
        return "nothing is due"
    timer.start(turn.tx, case.id, REPLY_OVERDUE, case.first_due_at)
    if turn.now >= case.first_due_at:
        return "too late to warn"
    turn.record(case, "reply due", at=case.first_due_at)
    turn.tell_desk("reply due", case, due_at=case.first_due_at)
    return "warned"


def _reply_overdue(turn: Turn, case: Case) -> str:
    if not _awaited(case) or case.first_due_at is None:
        return "nothing is due"
    level = _level(turn, case.account_id)
    timer.start(turn.tx, case.id, STILL_NO_REPLY, level.manager_due(case.priority, case.first_due_at))
    turn.record(case, "reply overdue", since=case.first_due_at)
    turn.tell_desk("reply overdue", case, urgent=case.owner_id is not None, due_at=case.first_due_at)
    return "told that the answer is overdue"


def _still_no_reply(turn: Turn, case: Case) -> str:
    if not _awaited(case) or case.first_due_at is None:
        return "nothing is due"
    told = managers(turn, case)
    turn.record(case, "manager told", who=[manager.shown for manager in told])
    turn.tell_desk("still no reply", case, to=told, urgent=True, due_at=case.first_due_at)
    return "the manager was told"


def _confirmed(turn: Turn, case: Case) -> str:
    """The customer has said nothing more about a resolved case: that closes it."""
    if case.state != "resolved":
        return "not resolved any more"
    turn.change(case, state="closed", closed_at=turn.now)
    turn.record(case, "closed", reason=case.close_reason, state="closed")
    desk = turn.config.desk
    turn.tell_all(
        "closed quietly",
        turn.customers(case),
        case,
        confirm_days=desk.confirm_days,
        reopen_days=desk.reopen_days,
    )
    closed(turn, case)
    return "closed"


def _survey(turn: Turn, case: Case) -> str:
    """Ask the requester how it went, if nobody asked them lately and there is a page to answer on."""
    period = timedelta(days=turn.config.survey.period_days)
    requester = next((who for who in turn.customers(case) if who.id == case.requester_id), None)
    if case.state != "closed" or case.close_reason in NEVER_ASKED or not period or requester is None:
        return "not asked"
    if requester.staff or not turn.page_url("case", case, requester):
        return "not asked: there is no page for it"
    last = survey.last_invited(turn.tx, requester.id)
    if last and turn.now - last < period:
        return "not asked: asked lately"
    asked = survey.invite(turn.tx, case.id, requester.id, now=turn.now)
    url = turn.page_url("survey", case, requester, asked)
    turn.record(case, "survey sent")
    turn.tell("survey invitation", requester, case, survey_url=url)
    return "asked"


KINDS: Mapping[str, Callable[[Turn, Case], str]] = {
    REPLY_DUE: _reply_due,
    REPLY_OVERDUE: _reply_overdue,
    STILL_NO_REPLY: _still_no_reply,
    CONFIRM: _confirmed,
    SURVEY: _survey,
}


def _awaited(case: Case) -> bool:
    """Does somebody wait for a first answer of ours?"""
    return not (case.held or case.answered_at or case.state == "waiting" or case.over)


def _level(turn: Turn, account_id: int | None) -> Level:
    """The service level of an account; ``standard`` for everybody else, and for one the config has no more."""
    levels = turn.config.levels
    return levels.get(account.service_level(turn.tx, account_id), levels[STANDARD])
