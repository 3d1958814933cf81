"""Customers who do not answer: reminders, then the case is closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.desk.handlers.deadlines import sla_targets
from bot.desk.turn.turn import Turn
from bot.model.excerpt import beginning
from bot.model.silence import KINDS, REMINDERS, SILENT
from bot.notices.conversation import Reminder
from store.cases import entry as entries
from store.cases import read_access, sla_pause, timer
from store.cases.case import Case
from store.people.person import Person

LATE = timedelta(hours=1)
"""Working time: a reminder that comes later (the desk was off) gives the customer what is left of their time anew."""


def begin(turn: Turn, case: Case) -> None:
    """Start waiting for the customer."""
    end(turn, case)
    if turn.config.desk.silent_days:
        _next(turn, case, 0, turn.now, 0)


def end(turn: Turn, case: Case) -> None:
    """Stop waiting: they have written, or the case is over."""
    timer.cancel(turn.tx, case.id, KINDS)


def when_due(turn: Turn, case: Case, kind: str, close: Callable[[Turn, Case], None]) -> str:
    """Remind them, or ``close`` the case."""
    since = _since(turn, case)
    if case.state != "waiting" or since is None or not turn.config.desk.silent_days:
        return "nobody is waited for"
    if kind == SILENT:
        turn.record(case, "silent", days=turn.config.desk.silent_days)
        close(turn, case)
        return "closed, because nobody answered"
    step = REMINDERS.index(kind) + 1
    closes_at = _next(turn, case, step, *_counted(turn, case, step, since))
    turn.record(case, "reminded", closes_at=closes_at)
    last = step >= len(turn.config.desk.remind_days)
    for person in turn.people.customers(case):
        asked = _asked(turn, case, person)
        turn.notifier.tell(Reminder(closes_at=closes_at, last=last, asked=asked), person, case)
    if requester := turn.people.by_id(case.requester_id):
        asked = _asked(turn, case, requester)
        turn.notifier.tell_place(Reminder(closes_at=closes_at, last=last, asked=asked), case)
    return "the customer was reminded"


def _next(turn: Turn, case: Case, step: int, since: datetime, over: int) -> datetime:
    """Start the timer of the next step; returns when the case is closed.

    Both are counted from ``since``, when ``over`` days had passed already.
    """
    desk, calendar = turn.config.desk, sla_targets.level(turn, case.account_id).calendar
    closes_at = calendar.days_after(since, desk.silent_days - over)
    if step < len(desk.remind_days):
        at = calendar.days_after(since, desk.remind_days[step] - over)
        timer.start(turn.tx, case.id, REMINDERS[step], at)
    else:
        timer.start(turn.tx, case.id, SILENT, closes_at)
    return closes_at


def _counted(turn: Turn, case: Case, step: int, since: datetime) -> tuple[datetime, int]:
    """From when on the steps after this one are counted, and how many days were over then.

    From the start of the waiting; or from now, if this step is late: nothing is promised for a day that has
    passed.
    """
    over = next(reversed(turn.config.desk.remind_days[:step]), 0)
    calendar = sla_targets.level(turn, case.account_id).calendar
    late = calendar.between(calendar.days_after(since, over), turn.now)
    return (since, 0) if late < LATE else (turn.now, over)


def _since(turn: Turn, case: Case) -> datetime | None:
    """Since when the case has waited."""
    last = next(reversed(sla_pause.since(turn.tx, case.id, turn.now)), None)
    return last[0] if last and last[1] is None else None


def _asked(turn: Turn, case: Case, person: Person) -> str:
    """The desk's last words that this customer may read: what it waits for an answer to."""
    sinces = read_access.since(turn.tx, case.id, person.id)
    rows = entries.latest(turn.tx, case.id, 5)
    answers = (row for row in rows if row.role != "contact")
    read = (row.text for row in answers if read_access.reads(sinces, row.case_id, row.received_at))
    return beginning(next(read, ""))
