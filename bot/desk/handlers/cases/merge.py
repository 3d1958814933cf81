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
from bot.model.translatable import saying
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
_UNFIT = {
    "held": "{case} is held: accept it first, or merge the other way round.",
    "resolved": "{case} is resolved: reopen it first, or merge the other way round.",
    "closed": "{case} is closed: reopen it first, or merge the other way round.",
}
"""Why nothing is merged into such a case."""


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
    _tell_desk(turn, part, "{who} merged this case into {case}", into, why=command.why)
    _tell_desk(turn, into, "{who} merged {case} into this case", part, why=command.why)
    pattern = "{case} is a part of {other} now. To undo it: unmerge {case}."
    return saying(pattern, case=label(part.id), other=label(into.id))


@handles(Unmerge)
def unmerge(turn: Turn, command: Unmerge) -> str:
    """Undo a merger: each case is as it was; what was said since stays where it was said."""
    part = turn.case(command.case)
    merger = case_merge.active(turn.tx, part.id)
    if merger is None:
        why = saying("{case} is no part of another case, so there is nothing to undo.", case=label(part.id))
        raise Refusal(why)
    into = turn.case(merger.into_id)
    if into.merged_id is not None:
        pattern = "{case} was merged itself since. Undo that first: unmerge {case}."
        raise Refusal(saying(pattern, case=label(into.id)))
    _restore(turn, part, merger)
    turn.change(into)
    turn.record(part, "unmerged", out_of=label(into.id))
    turn.record(into, "let go", other=label(part.id))
    people = [] if part.held else turn.people.customers(part)
    turn.notifier.tell_all(Unmerged(into=label(into.id)), people, part)
    _tell_desk(turn, part, "{who} took this case out of {case} again", into)
    _tell_desk(turn, into, "{who} took {case} out of this case again", part)
    pattern = "{case} goes on by itself. What was said since the merging stays on {other}."
    return saying(pattern, case=label(part.id), other=label(into.id))


def _refuse(turn: Turn, part: Case, into: Case, people: list[Person]) -> None:
    """Raise a refusal for a pointless merger, or one that would show somebody other people's words."""
    if part.merged_id is not None:
        merged = saying(
            "{case} is a part of {other} already.", case=label(part.id), other=label(part.merged_id)
        )
        raise Refusal(merged)
    if part.id == into.id:
        pattern = "{case} would be merged into itself: the other one is a part of it already."
        raise Refusal(saying(pattern, case=label(part.id)))
    if into.over or into.held:
        raise Refusal(saying(_UNFIT["held" if into.held else into.state], case=label(into.id)))
    if part.account_id and into.account_id and part.account_id != into.account_id:
        raise Refusal(
            saying(
                "{case} and {other} belong to different organisations, whose people would read each other's words. "
                "Nothing was changed.",
                case=label(part.id),
                other=label(into.id),
            )
        )
    removed = [person.shown for person in people if participant.removed(turn.tx, into.id, person.id)]
    if removed:
        raise Refusal(
            saying(
                "{who} was removed from {case}, and would take part again. Add them there, or remove them from "
                "{other}, and ask again.",
                who=", ".join(removed),
                case=label(into.id),
                other=label(part.id),
            )
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


def _tell_desk(turn: Turn, case: Case, pattern: str, other: Case, *, why: str = "") -> None:
    what = saying(pattern, who=turn.person.shown, case=label(other.id))
    turn.notifier.tell_desk(CustomerActed(what=what, text=why), case)


def _plain(before: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in before.items()
    }


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
