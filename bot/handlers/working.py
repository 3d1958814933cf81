"""Working on a case: asking for information, waiting, a workaround, and what the case says of itself."""

from __future__ import annotations

from bot import access
from bot.commands.working import AskFor, SetField, Wait, Workaround
from bot.grammar import label
from bot.handlers import conversation, opening, targets, timers
from bot.placing import own_address
from bot.refusals import BadCommand, Refusal
from bot.turn import Turn
from store import case as cases
from store import participant, people
from store.case import Case
from store.people import Person


def ask_for(turn: Turn, command: AskFor) -> str:
    """The customers are asked, and the case waits for them."""
    case = _in_work(turn, command.case)
    if not turn.customers(case):
        raise Refusal(
            f"Nobody was asked: no customer of {label(case.id)} can be reached. #set requester names another."
        )
    turn.say(case, command.text, visibility="public")
    turn.anchor(case)
    turn.record(case, "information requested", evidence=turn.request.evidence)
    timers.answered(turn, case)
    conversation.own_if_free(turn, case)
    timers.wait(turn, case)
    entry, author = turn.public(command.text), turn.person.shown
    told = conversation.told_names(
        person
        for person in turn.customers(case)
        if turn.tell("information needed", person, case, author=author, entry=entry)
    )
    turn.tell_desk("customer acted", case, what=f"{author} asked the customer for this", text=command.text)
    return f"Asked: {told}. {label(case.id)} waits for the answer."


def wait(turn: Turn, command: Wait) -> str:
    """The clocks rest until the customer says something; they are reminded now and then."""
    case = _in_work(turn, command.case)
    if case.state == "waiting":
        return f"{label(case.id)} waits already."
    conversation.own_if_free(turn, case)
    timers.wait(turn, case)
    turn.record(case, "waits for the customer")
    return f"{label(case.id)} waits for the customer now. What they write brings it back."


def _in_work(turn: Turn, number: int) -> Case:
    case = turn.case(number)
    if case.over:
        raise Refusal(f"{label(case.id)} is {case.state}. Reopen it first.")
    if case.held:
        raise Refusal(f"{label(case.id)} is held: nobody has proven who wrote it. Accept the sender first.")
    return case


def workaround(turn: Turn, command: Workaround) -> str:
    """An answer that is marked: it helps for now, and the case goes on."""
    case = turn.case(command.case)
    turn.record(case, "workaround given")
    return conversation.answer(turn, case, command.text, workaround=True)


def set_field(turn: Turn, command: SetField) -> str:
    """Set one field; a new type empties the category."""
    case = turn.case(command.case)
    if command.field == "requester":
        return _set_requester(turn, case, command.value)
    before = getattr(case, command.field)
    if command.field == "category" and command.value not in turn.config.lists.types.get(case.type, ()):
        known = ", ".join(turn.config.lists.types.get(case.type, ())) or f"none for {case.type or 'no type'}"
        raise BadCommand(
            f"“{command.value[:60]}” is no category here. There are: {known}.", {"category": "is unknown"}
        )
    turn.change(case, **{command.field: command.value})
    if command.field == "type" and command.value != before:
        turn.change(case, category="")
    shown, was = (" ".join(text.split()) for text in (command.value, before))
    turn.record(case, "field set", field=command.field, before=was, after=shown)
    return f"{label(case.id)}: {command.field} is {shown or 'empty'} now."


def _set_requester(turn: Turn, case: Case, address: str) -> str:
    """Somebody else's case from now on; the former requester stays informed."""
    if own_address(address, turn.config):
        raise Refusal(f"{address} is our own address, and cannot be a case's customer.")
    access.refuse_who_left(people.find(turn.tx, "email", address))
    someone = people.meet(turn.tx, "email", address, known=True, now=turn.now)
    if someone.staff:
        raise Refusal(f"{someone.shown} is on the support team, and cannot be a case's customer.")
    if someone.id == case.requester_id:
        return f"{label(case.id)} is {someone.shown}'s already."
    former = turn.by_id(case.requester_id)
    if former is not None:
        role = "collaborator" if access.reachable(former) else "removed"
        participant.set_role(turn.tx, case.id, former, role=role, now=turn.now)
    participant.set_role(turn.tx, case.id, someone, role="requester", now=turn.now)
    cases.set_requester(turn.tx, case, someone.id)
    turn.change(case, account_id=someone.account_id or case.account_id)
    targets.run(turn, case)  # another account may be promised something else
    turn.record(case, "requester set", who=someone.address)
    heard = _tell_requester(turn, case, someone, former)
    return f"{label(case.id)} is {someone.shown}'s now, {heard}."


def _tell_requester(turn: Turn, case: Case, someone: Person, former: Person | None) -> str:
    """Who wrote the case, though its From did not say so, hears that it is open; in words, what they were told."""
    if case.held:
        return "and held still: nobody was told. To let it go on, and tell them its number: accept"
    if former is not None and not access.reachable(former):
        told = opening.confirm_to_writer(turn, case, someone)
    else:
        told = turn.tell("added", someone, case, by=turn.person.shown)
    return "and they were told" if told else "and they were not told"
