"""Merge: two cases about the same thing are read as one, and can be parted again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.commands.triage import Merge, Unmerge
from bot.desk.handlers.deadlines import timers
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model import silence
from bot.model.errors import Refusal
from bot.model.rule import CUSTOMERS
from bot.notices.case import Merged, Unmerged
from bot.notices.conversation import CustomerActed
from bot.syntax.case_numbers import label
from store.cases import case_merge, participant, sla_pause, thread, timer
from store.cases.case import Case
from store.cases.case_merge import Merger
from store.people.person import Person

DUPLICATE = "duplicate"
"""The reason that a merged case is closed for."""
_MOMENTS = ("closed_at", "first_due_at", "asked_at", "next_due_at", "resolve_due_at")
_KEPT = ("state", "close_reason", *_MOMENTS)
"""What merging changes of a case, and undoing it restores."""


@handles(Merge)
def merge(turn: Turn, command: Merge) -> str:
    """Merge one case into another: it is closed, its number leads there, its customers take part there.

    They read what is said from now on, and their own earlier words: nothing that the other's customers said
    before. A held case's sender is unproven, joins nothing and is told nothing.
    """
    part = turn.case(command.case)
    into = turn.case(command.into)
    into = turn.case(into.leads_to)
    people = [] if part.held else turn.people.customers(part)
    _refuse(turn, part, into, people)
    joined = [_join(turn, part, into, person) for person in people]
    waiting = timer.waiting(turn.tx, part.id)
    before = {
        **{name: getattr(part, name) for name in _KEPT},
        "timers": [(kind, at.isoformat()) for kind, at in waiting if kind in timers.CASE_KINDS],
        "joined": [joining for joining in joined if joining],
        "pause": sla_pause.lasting(turn.tx, part.id),
    }
    case_merge.begin(turn.tx, part.id, into.id, by=turn.person.id, before=_plain(before), now=turn.now)
    turn.change(part, state="closed", close_reason=DUPLICATE, closed_at=turn.now, merged_id=into.id)
    timers.closed(turn, part)
    turn.change(into)
    turn.record(part, "merged", into=label(into.id), why=command.why)
    turn.record(into, "took in", other=label(part.id), why=command.why)
    turn.notifier.tell_all(Merged(into=label(into.id)), people, part)
    _tell_desk(turn, part, f"merged this case into {label(into.id)}", why=command.why)
    _tell_desk(turn, into, f"merged {label(part.id)} into this case", why=command.why)
    return f"{label(part.id)} is a part of {label(into.id)} now. To undo it: unmerge {label(part.id)}."


@handles(Unmerge)
def unmerge(turn: Turn, command: Unmerge) -> str:
    """Undo a merger: each case is as it was; what was said since stays where it was said."""
    part = turn.case(command.case)
    merger = case_merge.active(turn.tx, part.id)
    if merger is None:
        raise Refusal(f"{label(part.id)} is no part of another case, so there is nothing to undo.")
    into = turn.case(merger.into_id)
    if into.merged_id is not None:
        raise Refusal(f"{label(into.id)} was merged itself since. Undo that first: unmerge {label(into.id)}.")
    _restore(turn, part, merger)
    turn.change(into)
    turn.record(part, "unmerged", out_of=label(into.id))
    turn.record(into, "let go", other=label(part.id))
    people = [] if part.held else turn.people.customers(part)
    turn.notifier.tell_all(Unmerged(into=label(into.id)), people, part)
    _tell_desk(turn, part, f"took this case out of {label(into.id)} again")
    _tell_desk(turn, into, f"took {label(part.id)} out of this case again")
    return f"{label(part.id)} goes on by itself. What was said since the merging stays on {label(into.id)}."


def _refuse(turn: Turn, part: Case, into: Case, people: list[Person]) -> None:
    """Raise a refusal for a pointless merger, or one that would show somebody other people's words."""
    if part.merged_id is not None:
        raise Refusal(f"{label(part.id)} is a part of {label(part.merged_id)} already.")
    if part.id == into.id:
        raise Refusal(f"{label(part.id)} would be merged into itself: the other one is a part of it already.")
    if into.over or into.held:
        why = "held: accept it first" if into.held else f"{into.state}: reopen it first"
        raise Refusal(f"{label(into.id)} is {why}, or merge the other way round.")
    if part.account_id and into.account_id and part.account_id != into.account_id:
        raise Refusal(
            f"{label(part.id)} and {label(into.id)} belong to different organisations, whose people would read each "
            "other's words. Nothing was changed."
        )
    removed = [person.shown for person in people if participant.removed(turn.tx, into.id, person.id)]
    if removed:
        raise Refusal(
            f"{', '.join(removed)} was removed from {label(into.id)}, and would take part again. Add them there, or "
            f"remove them from {label(part.id)}, and ask again."
        )


def _join(turn: Turn, part: Case, into: Case, person: Person) -> tuple[int, str, str] | None:
    """Make a customer take part; returns what is needed to undo it, or None if they did already."""
    if participant.role(turn.tx, into.id, person.id) in CUSTOMERS:
        return None
    here = thread.read_by(turn.tx, part.id, person.channel, person.id)
    place = here.address if here else ""
    had = case_merge.join(turn.tx, into.id, person.id, via=part.id, place=place, now=turn.now)
    return person.id, *had


def _restore(turn: Turn, part: Case, merger: Merger) -> None:
    """Restore state, timers and people; who is waited for, or may still object, has their time anew."""
    before = merger.before
    case_merge.undo(turn.tx, merger, now=turn.now)
    case_merge.leave(turn.tx, merger.into_id, before["joined"], via=part.id)
    moments = {name: _moment(before[name]) for name in _MOMENTS if name in before}
    turn.change(part, merged_id=None, state=before["state"], close_reason=before["close_reason"], **moments)
    timer.cancel(turn.tx, part.id, timers.CASE_KINDS)
    anew = {"waiting": silence.KINDS, "resolved": (timers.CONFIRM,)}.get(part.state, ())
    for kind, at in before["timers"]:
        if kind not in anew:
            timer.start(turn.tx, part.id, kind, datetime.fromisoformat(at))
    if part.state == "waiting":
        _wait_on(turn, part, before.get("pause"))
    elif part.state == "resolved":
        timers.closed(turn, part)


def _wait_on(turn: Turn, part: Case, paused: int | None) -> None:
    """Continue the pause that the merger interrupted, and the customer's reminders from the start."""
    if paused is not None:
        sla_pause.go_on(turn.tx, paused)
    timers.wait(turn, part)


def _tell_desk(turn: Turn, case: Case, did: str, *, why: str = "") -> None:
    turn.notifier.tell_desk(CustomerActed(what=f"{turn.person.shown} {did}", text=why), case)


def _plain(before: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in before.items()
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
