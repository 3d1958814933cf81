"""The technical contact who can always be reached about a Blocker."""

from __future__ import annotations

from bot.commands.urgency import NameContact
from bot.config.settings import lasting
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import BadCommand
from bot.model.translatable import saying
from bot.notices.conversation import CustomerActed
from bot.notices.urgency import ContactMissing, ContactNeeded
from bot.syntax.case_numbers import label
from bot.syntax.phone_numbers import name_and_number, phone_number
from store.cases import timer
from store.cases.case import Case

MISSING = ContactMissing.name
KINDS = (MISSING,)


def needs(turn: Turn, case: Case) -> bool:
    """Is it a Blocker without a technical contact?"""
    return case.priority == turn.config.lists.blocker and not case.contact_phone


def named(turn: Turn, text: str) -> dict[str, str]:
    """The columns for ``Ana Silva +33 1 23 45 67 89`` on opening; a number alone is the asker's."""
    name, number = name_and_number(text)
    phone = phone_number(number)
    return {"contact_name": (name or (turn.person.shown if phone else ""))[:200], "contact_phone": phone[:60]}


def number(text: str, refusal: str) -> str:
    """The typed phone number, tidied. Raises ``BadCommand`` with these words if it is none."""
    phone = phone_number(text)
    if not phone:
        raise BadCommand(refusal, {"phone": saying("must be a phone number, as +33 1 23 45 67 89")})
    return phone


def watch(turn: Turn, case: Case) -> None:
    """Start the timer anew after which a Blocker's customer is asked for a contact, where one is needed."""
    within = turn.config.desk.contact_within
    if within and needs(turn, case) and not (case.held or case.over or turn.request.quiet):
        timer.cancel(turn.tx, case.id, KINDS)
        timer.start(turn.tx, case.id, MISSING, turn.now + lasting(within))


@handles(NameContact)
def name(turn: Turn, command: NameContact) -> str:
    """Save who can be reached, and tell the desk. Raises ``BadCommand`` for an invalid number."""
    case = turn.case(command.case)
    refusal = "We need a number that we can call, with the country code: contact Ana Silva +33 1 23 45 67 89"
    phone = number(command.phone, saying(refusal))
    who = command.name or turn.person.shown
    turn.change(case, contact_name=who[:200], contact_phone=phone)
    timer.cancel(turn.tx, case.id, KINDS)
    turn.record(case, "contact named", who=who, phone=phone)
    pattern = "{who} named a technical contact: {contact}, {phone}"
    what = saying(pattern, who=turn.person.shown, contact=who, phone=phone)
    turn.notifier.tell_desk(CustomerActed(what=what), case)
    return saying("{who} is the technical contact of {case} now.", who=who, case=label(case.id))


def when_due(turn: Turn, case: Case, kind: str) -> str:
    """Ask the customer, and suggest to the desk what a person may decide."""
    if case.over or not needs(turn, case) or case.priority not in turn.config.lists.priorities:
        return "not needed any more"
    less = turn.config.lists.priorities[turn.config.lists.priorities.index(case.priority) + 1 :]
    lower = less[0] if less else ""
    turn.record(case, MISSING)
    requester = [person for person in turn.people.customers(case) if person.id == case.requester_id]
    turn.notifier.tell_all(ContactNeeded(lower=lower), requester, case)
    turn.notifier.tell_desk(ContactMissing(lower=lower), case)
    return "asked for a technical contact"
