"""SLA targets: clocks of the next answer and of the solution, paused for the customer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.desk.handlers.deadlines import snooze_timer
from bot.desk.handlers.people.managers import managers
from bot.desk.turn.turn import Turn
from bot.model.translatable import saying
from bot.model.working_time import Level, Promise, Target
from bot.notices.notice import Notice
from bot.notices.urgency import (
    ReplyDue,
    ReplyOverdue,
    SolutionDue,
    SolutionOverdue,
    StillNoReply,
    StillNotSolved,
    TargetNotice,
)
from bot.policy import answer_target
from store.cases import sla_pause, timer
from store.cases.case import Case


@dataclass(frozen=True, slots=True)
class SlaClock:
    """One of the two SLA clocks: its three steps, each a timer, a notice and an event."""

    notices: tuple[type[TargetNotice], type[TargetNotice], type[TargetNotice]]
    """Warned, overdue, the manager knows."""
    column: str
    """The case's column that counts the steps of which notices were sent: each is sent once."""
    promise: Callable[[Turn, Case], Promise | None]
    """What runs now; None while it rests, or where nothing is promised."""
    due: Callable[[Case], str]
    """The case's column that says by when."""

    @property
    def steps(self) -> tuple[str, ...]:
        """The names of its notices, which are those of its timers."""
        return tuple(notice.name for notice in self.notices)


@dataclass(frozen=True, slots=True)
class Promised:
    """The targets of a customer who begins to wait now."""

    reply: Promise | None = None
    solution: Promise | None = None

    def columns(self, now: datetime) -> dict[str, Any]:
        """The columns of a new case for its targets."""
        return {
            "begun_at": now,
            "first_due_at": self.reply and self.reply.due_at,
            "resolve_due_at": self.solution and self.solution.due_at,
        }


def level(turn: Turn, account_id: int | None) -> Level:
    """An account's service level; ``standard`` for others, and for one that the config lacks now."""
    return answer_target.level_of(turn.tx, turn.config, account_id)


def promised(turn: Turn, account_id: int | None, priority: str) -> Promised | None:
    """The targets of a case that is opened now; None for old mail, which gets none."""
    if turn.request.quiet:
        return None
    service_level = level(turn, account_id)
    return Promised(
        service_level.promise("first_response", priority, turn.now),
        service_level.promise("resolution", priority, turn.now),
    )


def begin(turn: Turn, case: Case, promise: Promised | None) -> None:
    """Start the clocks of a new case. Of a clock's three steps each starts the next."""
    if promise and promise.reply:
        timer.start(turn.tx, case.id, ReplyDue.name, promise.reply.warn_at)
    if promise and promise.solution:
        timer.start(turn.tx, case.id, SolutionDue.name, promise.solution.warn_at)


def answered(turn: Turn, case: Case) -> None:
    """Stop the reply clock: somebody of the desk has told the customer something."""
    if case.held or (case.answered_at is not None and case.asked_at is None):
        return  # who wrote a held case is told nothing yet
    turn.change(case, answered_at=case.answered_at or turn.now, asked_at=None, next_due_at=None, reply_told=0)
    timer.cancel(turn.tx, case.id, REPLY.steps)


def asked(turn: Turn, case: Case) -> None:
    """Start the reply clock, unless it is running: a customer wrote something that wants an answer."""
    if case.over or case.held or case.asked_at is not None or turn.request.quiet:
        return
    if case.answered_at is not None or case.begun_at is None:
        turn.change(case, asked_at=turn.now, reply_told=0)
        _run(turn, case, REPLY)


def rest(turn: Turn, case: Case) -> None:
    """Pause the clocks: the case waits for its customer."""
    sla_pause.end(turn.tx, case.id, turn.now)
    sla_pause.begin(turn.tx, case.id, turn.now)
    run(turn, case)


def resume(turn: Turn, case: Case) -> None:
    """Resume the clocks: what was left of each target is still left."""
    sla_pause.end(turn.tx, case.id, turn.now)
    run(turn, case)


def stop(turn: Turn, case: Case) -> None:
    """Stop the clocks of a case that is over; its solution's due time stays known, also if it waited."""
    sla_pause.end(turn.tx, case.id, turn.now)
    timer.cancel(turn.tx, case.id, (*REPLY.steps, *SOLUTION.steps))
    turn.change(case, asked_at=None, next_due_at=None)
    if case.resolve_due_at is None and case.begun_at is not None and not case.held:
        promise = _solution(turn, case, case.begun_at)
        turn.change(case, resolve_due_at=promise and promise.due_at)


def restart(turn: Turn, case: Case) -> None:
    """Restart the clocks of a reopened or accepted case: its customer begins to wait now."""
    if turn.request.quiet:
        return
    asked_at = turn.now if case.answered_at is not None and not turn.person.staff else None
    turn.change(case, begun_at=turn.now, asked_at=asked_at)
    anew(turn, case)


def anew(turn: Turn, case: Case) -> None:
    """Restart both clocks with the targets that now apply; the notice of each step is due again."""
    turn.change(case, reply_told=0, resolve_told=0)
    run(turn, case)


def run(turn: Turn, case: Case) -> None:
    """Run or pause both clocks, as the case stands now."""
    _run(turn, case, REPLY)
    _run(turn, case, SOLUTION)


def _run(turn: Turn, case: Case, clock: SlaClock) -> None:
    timer.cancel(turn.tx, case.id, clock.steps)
    if case.over:
        return  # by when it was due stays known
    promise = clock.promise(turn, case)
    due_at = promise.due_at if promise else None
    if getattr(case, clock.due(case)) != due_at:
        turn.change(case, **{clock.due(case): due_at})
    if promise:
        _start(turn, case, clock, promise)


def _start(turn: Turn, case: Case, clock: SlaClock, promise: Promise) -> None:
    step = getattr(case, clock.column)
    if step < len(promise.moments):
        timer.start(turn.tx, case.id, clock.steps[step], promise.moments[step])


# what is promised now


def _runs(case: Case) -> bool:
    return not (case.held or case.over or case.state == "waiting")


def _reply_promised(turn: Turn, case: Case) -> Promise | None:
    first = case.answered_at is None and case.begun_at is not None
    since = case.begun_at if first else case.asked_at
    if since is None or not _runs(case):
        return None
    target: Target = "first_response" if first else "next_response"
    pauses = sla_pause.since(turn.tx, case.id, since)
    return level(turn, case.account_id).promise(target, case.priority, since, pauses)


def _solution_promised(turn: Turn, case: Case) -> Promise | None:
    if case.begun_at is None or not _runs(case):
        return None
    return _solution(turn, case, case.begun_at)


def _solution(turn: Turn, case: Case, since: datetime) -> Promise | None:
    pauses = sla_pause.since(turn.tx, case.id, since)
    return level(turn, case.account_id).promise("resolution", case.priority, since, pauses)


REPLY = SlaClock(
    (ReplyDue, ReplyOverdue, StillNoReply),
    "reply_told",
    _reply_promised,
    lambda case: "first_due_at" if case.answered_at is None else "next_due_at",
)
SOLUTION = SlaClock(
    (SolutionDue, SolutionOverdue, StillNotSolved),
    "resolve_told",
    _solution_promised,
    lambda case: "resolve_due_at",
)
STEPS = {step: clock for clock in (REPLY, SOLUTION) for step in clock.steps}


# what happens when their moments come


def when_due(turn: Turn, case: Case, kind: str) -> str:
    """Send a step's notice: a warning to those who can still meet the target, then the breach."""
    clock = STEPS[kind]
    step, promise = clock.steps.index(kind), clock.promise(turn, case)
    if promise is None or getattr(case, clock.column) > step:
        return "nothing is due"
    if turn.now < promise.moments[step]:  # the service level is another one since
        _run(turn, case, clock)
        return "not due yet"
    turn.change(case, **{clock.column: step + 1})
    _start(turn, case, clock, promise)
    if step == 0 and turn.now >= promise.due_at:
        return "too late to warn"
    return (_warn, _overdue, _manager)[step](turn, case, kind, promise.due_at)


def _notice(case: Case, kind: str, due_at: datetime) -> Notice:
    clock = STEPS[kind]
    return clock.notices[clock.steps.index(kind)](due_at=due_at, first=case.answered_at is None)


def _warn(turn: Turn, case: Case, kind: str, due_at: datetime) -> str:
    turn.record(case, kind, at=due_at)
    turn.notifier.tell_desk(_notice(case, kind, due_at), case)
    return "warned"


def _overdue(turn: Turn, case: Case, kind: str, due_at: datetime) -> str:
    turn.record(case, kind, since=due_at)
    snooze_timer.wake(turn, case, saying(kind))
    urgent = case.owner_id is not None
    turn.notifier.tell_desk(_notice(case, kind, due_at), case, urgent=urgent)
    return f"told: {kind}"


def _manager(turn: Turn, case: Case, kind: str, due_at: datetime) -> str:
    recipients = managers(turn, case)
    turn.record(case, "manager told", who=[manager.shown for manager in recipients], why=kind)
    turn.notifier.tell_desk(_notice(case, kind, due_at), case, to=recipients, urgent=True)
    return "the manager was told"
