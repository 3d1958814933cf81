"""Priority: changed by specialists, asked for by customers, always with a reason."""

from __future__ import annotations

from bot.commands.urgency import ChangePriority, DecidePriority
from bot.desk.handlers.conversation import conversation
from bot.desk.handlers.deadlines import sla_targets
from bot.desk.handlers.people import technical_contact
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import BadCommand, Refusal
from bot.model.translatable import saying
from bot.notices.conversation import CustomerActed
from bot.notices.urgency import PriorityChanged, PriorityDeclined, PriorityRequested
from bot.syntax.case_numbers import label
from store.cases import priority_request as requests
from store.cases.case import Case


@handles(ChangePriority)
def change(turn: Turn, command: ChangePriority) -> str:
    """Change the priority for a specialist; for a customer, ask a specialist to decide."""
    case = turn.case(command.case)
    if command.priority == case.priority:
        is_so = saying("{case} is {priority} already.", case=label(case.id), priority=saying(case.priority))
        raise Refusal(is_so)
    if not command.text.strip():
        raise BadCommand(
            saying(_why_so(turn, case, command.priority), priority=saying(command.priority)),
            {"text": saying("is needed: it is decided by what you say here")},
        )
    if turn.person.staff:
        return _set(turn, case, command.priority, why=command.text)
    return _request(turn, case, command)


def _why_so(turn: Turn, case: Case, wanted: str) -> str:
    """The command with a sample reason, for a higher or for a lower priority."""
    priorities = turn.config.lists.priorities
    before = priorities.index(case.priority) if case.priority in priorities else 0
    return WHY_LESS if priorities.index(wanted) > before else WHY_MORE


WHY_MORE = "Please say why: priority {priority}: nothing works any more for any of our users"
WHY_LESS = "Please say why: priority {priority}: a workaround helps us for now"


def _set(turn: Turn, case: Case, priority: str, *, why: str) -> str:
    """Set the priority; the clocks restart with its targets."""
    before = case.priority
    turn.change(case, priority=priority)
    requests.decide(turn.tx, case.id, now=turn.now)
    turn.record(case, "priority changed", before=before, after=priority, why=_line(why))
    sla_targets.anew(turn, case)
    technical_contact.watch(turn, case)
    needs = technical_contact.needs(turn, case)
    changed = PriorityChanged(by=turn.person.shown, before=before, text=why, contact=needs)
    turn.notifier.tell_all(changed, turn.people.customers(case), case)
    turn.notifier.tell_place(changed, case)
    what = saying(
        "{who} changed the priority from {before} to {after}",
        who=turn.person.shown,
        before=saying(before),
        after=saying(priority),
    )
    turn.notifier.tell_desk(CustomerActed(what=what, text=why), case)
    return saying(
        "{case} is {priority} now, and its customers were told why.",
        case=label(case.id),
        priority=saying(priority),
    )


def _request(turn: Turn, case: Case, command: ChangePriority) -> str:
    """Keep the request as the customer's words; it reopens a case that is over."""
    turn.say(case, command.text, visibility="public")
    turn.anchor(case)
    conversation.wake(turn, case)
    requests.ask(
        turn.tx, case.id, turn.person.id, wanted=command.priority, why=command.text, now=turn.now
    )  # fmt: skip
    turn.record(case, "priority requested", wanted=command.priority, why=_line(command.text))
    turn.change(case)
    entry = turn.public(command.text)
    turn.notifier.tell_desk(
        PriorityRequested(wanted=command.priority, entry=entry, sender=turn.person.shown), case
    )
    conversation.tell_customers(turn, case, command.text)
    return saying(
        "Your wish that {case} become {priority} is with the support team. A specialist decides, and you hear of it "
        "either way.",
        case=label(case.id),
        priority=saying(command.priority),
    )


@handles(DecidePriority)
def decide(turn: Turn, command: DecidePriority) -> str:
    """Grant or decline the request that waits."""
    case = turn.case(command.case)
    wish = requests.waiting(turn.tx, case.id)
    if wish is None:
        raise Refusal(saying("Nobody waits for another priority of {case}.", case=label(case.id)))
    if wish.wanted == case.priority:
        requests.decide(turn.tx, case.id, now=turn.now)
        pattern = "{case} is {priority} already: there is nothing left to decide."
        raise Refusal(saying(pattern, case=label(case.id), priority=saying(case.priority)))
    if command.wanted not in ("", wish.wanted):
        raise Refusal(
            saying(
                "The customer asks for {wanted} by now, not for {other}, so nothing was changed. Please decide that.",
                wanted=saying(wish.wanted),
                other=saying(command.wanted),
            )
        )
    if not command.text.strip():
        verb = "grant" if command.granted else "decline"
        why = saying("Please say why: {verb} reason", verb=verb)
        raise BadCommand(why, {"text": saying("is needed, the customer reads it")})
    if command.granted:
        turn.record(case, "priority granted", wanted=wish.wanted)
        return _set(turn, case, wish.wanted, why=command.text)
    requests.decline(turn.tx, wish.id, now=turn.now)
    turn.change(case)
    turn.record(case, "priority declined", wanted=wish.wanted, why=_line(command.text))
    declined = PriorityDeclined(by=turn.person.shown, wanted=wish.wanted, text=command.text)
    turn.notifier.tell_all(declined, turn.people.customers(case), case)
    turn.notifier.tell_place(declined, case)
    what = saying("{who} declined the priority {wanted}", who=turn.person.shown, wanted=saying(wish.wanted))
    turn.notifier.tell_desk(CustomerActed(what=what, text=command.text), case)
    return saying(
        "{case} stays {priority}, and its customers were told why.",
        case=label(case.id),
        priority=saying(case.priority),
    )


def _line(text: str) -> str:
    """A reason as the history keeps it."""
    return " ".join(text.split())[:300]
