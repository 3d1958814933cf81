"""A case's lifecycle after it was opened: taken, resolved, closed, reopened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from bot.commands.case import Close, Reopen, Reply
from bot.commands.people import Assign, Release, Take
from bot.desk.handlers.cases import waiting_dispatches
from bot.desk.handlers.deadlines import snooze_timer, timers
from bot.desk.handlers.people import ownership
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import BadCommand, Refusal
from bot.model.rule import HOUSE_CLOCK
from bot.model.translatable import Saying, saying
from bot.notices.case import Assigned, CaseClosed, CaseReopened
from bot.notices.conversation import Answer, CustomerActed
from bot.notices.notice import Notice
from bot.policy.address_marks import marks_of
from bot.policy.local_team import OUT_OF_SCOPE
from bot.syntax.case_numbers import label
from store.cases.case import SPAM, Case
from store.people import blocked_sender
from store.people.person import Person

NO_TEAM = saying("nobody yet (see [[staff]] in the config)")
NOBODY_OF_OURS, SEVERAL = saying("is nobody on the support team"), saying("fits several people")


@handles(Take)
def take(turn: Turn, command: Take) -> str:
    """Make the asker the owner. Raises ``BadCommand`` for anybody who is no colleague, as the operator."""
    case = turn.case(command.case)
    _require_owner(turn, "take")
    if case.owner_id == turn.person.id:
        return saying("{case} is yours already.", case=label(case.id))
    before = turn.people.by_id(case.owner_id) if case.owner_id else None
    if command.free and before:
        raise Refusal(saying("{who} was faster: {case} is theirs.", who=before.shown, case=label(case.id)))
    _own(turn, case, turn.person)
    turn.record(case, "taken")
    if before and before.staff:
        what = saying("{who} took it over from {before}", who=turn.person.shown, before=before.shown)
        turn.notifier.tell_desk(CustomerActed(what=what), case, to=[before])
    return saying("{case} is yours now.", case=label(case.id))


@handles(Release)
def release(turn: Turn, command: Release) -> str:
    """Give the case back; whoever takes it next owns it."""
    case = turn.case(command.case)
    if case.owner_id != turn.person.id:
        raise Refusal(saying("{case} is not yours, so nothing was changed.", case=label(case.id)))
    turn.change(case, owner_id=None)
    turn.record(case, "released")
    return saying("{case} is nobody's now.", case=label(case.id))


@handles(Assign)
def assign(turn: Turn, command: Assign) -> str:
    """Make somebody else the owner."""
    case = turn.case(command.case)
    owner, before = (
        _staff_member(turn, command.to),
        turn.people.by_id(case.owner_id) if case.owner_id else None,
    )
    _own(turn, case, owner)
    turn.record(case, "assigned", to=owner.shown)
    turn.notifier.tell_desk(Assigned(by=turn.person.shown), case, to=[owner])
    if before and before.staff and before.id not in (owner.id, turn.person.id):
        what = saying("{who} handed it to {owner}", who=turn.person.shown, owner=owner.shown)
        turn.notifier.tell_desk(CustomerActed(what=what), case, to=[before])
    return saying("{case} is {who}'s now.", case=label(case.id), who=owner.shown)


@handles(Close)
def close(turn: Turn, command: Close) -> str:
    """Close for a reason: *resolved* by a specialist waits for the customer, everything else is final."""
    case = turn.case(command.case)
    if turn.person.role == "contact":
        waiting_dispatches.settle(turn, case, waiting_dispatches.CLOSED)
    confirmed = case.state == "resolved" and not turn.person.staff
    if case.over and not confirmed and not _corrects(turn, case, command):
        if command.text:
            _add(turn, case, command.text)
        return saying("{case} was closed already.", case=label(case.id))
    reason = case.close_reason if confirmed else command.reason
    finish(turn, case, replace(command, reason=reason or ("resolved" if turn.person.staff else "no_longer")))
    words = turn.config.lists.close_reasons[case.close_reason]
    return saying("{case} is closed: {reason}.", case=label(case.id), reason=saying(words))


def closes_with(turn: Turn, case: Case) -> str:
    """Why a specialist closes the case by a bare command of the same message; else ``""``."""
    if case.over or not turn.person.staff:
        return ""
    closings = [
        command for command in turn.request.commands if isinstance(command, Close) and command.case == case.id
    ]
    if len(closings) != 1 or closings[0].text or closings[0].reason == OUT_OF_SCOPE:
        return ""
    return turn.config.lists.close_reasons[closings[0].reason or "resolved"]


def _corrects(turn: Turn, case: Case, command: Close) -> bool:
    """Does a specialist close a resolved case for another reason?"""
    other = command.reason not in (None, "resolved")
    return turn.person.staff and case.state == "resolved" and other


def finish(turn: Turn, case: Case, command: Close) -> None:
    """Close the case for the command's reason, which is one of the configured keys."""
    reason = command.reason or ""
    state = "resolved" if turn.person.staff and reason == "resolved" else "closed"
    if command.text:
        turn.say(case, command.text, visibility="public")
    if command.text and turn.person.staff:
        timers.answered(turn, case)
    turn.change(case, state=state, close_reason=reason, closed_at=turn.now)
    timers.closed(turn, case)
    words = turn.config.lists.close_reasons[reason]
    turn.record(case, "closed", reason=reason, state=state)
    days = turn.config.desk.reopen_days
    closed = CaseClosed(by=_asker(turn), reason=words, text=command.text, reopen_days=days)
    know = {reader for number, reader in turn.read_closing if number == case.id}
    turn.notifier.sent |= {(closed.name, place): 0 for place in know if isinstance(place, str)}
    by = _asker(turn)
    pattern = "{who} closed the case ({reason})" if by else "Nobody answered: the case was closed ({reason})"
    _tell(turn, case, closed, saying(pattern, who=by, reason=saying(words)), but=know)


def _add(turn: Turn, case: Case, text: str) -> None:
    """Add words to a case that is over: this reopens nothing, but both sides are told."""
    turn.say(case, text, visibility="public")
    _pass_on(turn, case, text)
    turn.notifier.tell_desk(
        CustomerActed(what=saying("{who} added a word to the closed case", who=turn.person.shown), text=text),
        case,
    )


def _pass_on(turn: Turn, case: Case, text: str) -> None:
    """Pass a command's words on to the customers; from the desk, they are an answer."""
    if turn.person.staff:
        timers.answered(turn, case)
    answer, author = Answer(entry=turn.public(text)), turn.person.shown
    turn.notifier.tell_all(answer, turn.people.customers(case), case, author=author)
    turn.notifier.tell_place(answer, case, author=author)


@handles(Reopen)
def reopen(turn: Turn, command: Reopen) -> str:
    """Reopen a resolved or closed case."""
    case = turn.case(command.case)
    met = turn.person.role == "contact" and waiting_dispatches.settle(turn, case)
    if case.state == "waiting":
        return _end_waiting(turn, case, command.text)
    if not case.over:
        return _open_already(turn, case, command.text, met=met)
    if command.text:
        turn.say(case, command.text, visibility="public")
    set_open(turn, case)
    if command.text and turn.person.staff:
        timers.answered(turn, case)
    what = saying("{who} reopened the case", who=turn.person.shown)
    _tell(turn, case, CaseReopened(by=_asker(turn), text=command.text), what)
    return saying("{case} is open again.", case=label(case.id))


def _open_already(turn: Turn, case: Case, text: str, *, met: bool) -> str:
    """Add a customer's words all the same: that it was opened again may not have been told to them yet.

    ``met``: it was not.
    """
    if turn.person.staff or not (text or met):
        raise Refusal(saying("{case} is open already.", case=label(case.id)))
    if text:
        return turn.carry_out(Reply(case.id, text))
    timers.asked(turn, case)
    what = saying("{who} reopened the case", who=turn.person.shown)
    turn.notifier.tell_desk(CustomerActed(what=what), case)
    return saying("{case} is open again.", case=label(case.id))


def _end_waiting(turn: Turn, case: Case, text: str) -> str:
    """End the waiting, whether or not the customer has answered; words go to all customers."""
    if text:
        turn.say(case, text, visibility="public")
    if turn.person.staff:
        timers.go_on(turn, case)
    else:
        timers.asked(turn, case)
    turn.record(case, "returned to work")
    if text:
        _pass_on(turn, case, text)
    turn.notifier.tell_desk(
        CustomerActed(what=saying("{who} took up the case again", who=turn.person.shown), text=text), case
    )
    return saying("{case} is in work again.", case=label(case.id))


def set_open(turn: Turn, case: Case) -> None:
    """Set a case open and record it. Reopened spam was none: its sender is unblocked."""
    requester = turn.people.by_id(case.requester_id) if case.close_reason == SPAM else None
    if requester is not None:
        marks = marks_of(turn.config).of(requester.channel, requester.address)
        blocked_sender.release(turn.tx, requester.channel, requester.address, marks=marks)
    turn.change(case, state="open", close_reason="", closed_at=None)
    turn.record(case, "reopened")
    timers.reopened(turn, case)


def _tell(turn: Turn, case: Case, notice: Notice, what: Saying, *, but: Collection[int | str] = ()) -> None:
    """Tell both sides except the asker."""
    turn.notifier.tell_all(
        notice, (person for person in turn.people.customers(case) if person.id not in but), case
    )
    turn.notifier.tell_place(notice, case)
    turn.notifier.tell_desk(CustomerActed(what=what, text=notice.text), case)


def _asker(turn: Turn) -> str:
    """Who asked, by name; ``""`` for the house's clock."""
    return "" if turn.person.role == HOUSE_CLOCK else turn.person.shown


def _own(turn: Turn, case: Case, owner: Person) -> None:
    if owner.id != case.owner_id:
        snooze_timer.wake(turn, case, saying("given to {who}", who=owner.shown))
    ownership.give(turn, case, owner)
    turn.change(case, state="open" if case.state == "new" else case.state)


def _require_owner(turn: Turn, verb: str) -> None:
    """Refuse anybody but ``[[staff]]`` to answer for a case; the desk itself is nobody."""
    if turn.people.is_colleague(turn.person.id):
        return
    raise BadCommand(
        saying(
            "A case is taken by a person, so nothing was changed. Say who: --as MAIL with `{verb}`, or `assign`. "
            "On the team: {team}.",
            verb=verb,
            team=", ".join(person.address for person in turn.people.staff()) or NO_TEAM,
        ),
        {"to": NOBODY_OF_OURS},
    )


def _staff_member(turn: Turn, wanted: str) -> Person:
    name = wanted.strip().casefold()
    matches = [p for p in turn.people.staff() if name in (p.address.casefold(), p.name.casefold())]
    if not matches:
        matches = [p for p in turn.people.staff() if name and p.name.casefold().split()[:1] == [name]]
    if len(matches) == 1:
        return matches[0]
    team = ", ".join(person.shown for person in turn.people.staff()) or NO_TEAM
    pattern = (
        "“{word}” fits several people. On the team: {team}."
        if matches
        else "“{word}” is nobody on the support team. On the team: {team}."
    )
    why = SEVERAL if matches else NOBODY_OF_OURS
    raise BadCommand(saying(pattern, word=wanted.strip(), team=team), {"to": why})
