"""Who takes part in a case: collaborators come and go."""

from __future__ import annotations

from bot.commands import AddPerson, RemovePerson
from bot.grammar import label
from bot.placing import own_address
from bot.refusals import Refusal
from bot.turn import Turn
from store import participant, people
from store.people import Person


def add_person(turn: Turn, command: AddPerson) -> str:
    """Add a collaborator: a specialist any contact, a customer only people of the same account."""
    case = turn.case(command.case)
    someone = people.find(turn.tx, "email", command.address)
    if own_address(command.address, turn.config):
        raise Refusal(f"{command.address} is our own address: whatever you write to it reaches the case.")
    proposed = someone is not None and participant.role(turn.tx, case.id, someone.id) == "proposed"
    if not (turn.person.staff or proposed or _of_same_account(turn, someone)):
        raise Refusal(
            f"We could not add {command.address}: you can add people of your own organisation whom we know, and "
            "people you have put in Cc. Ask in a reply, and the support team will do it."
        )
    someone = people.meet(turn.tx, "email", command.address, now=turn.now)
    if participant.role(turn.tx, case.id, someone.id) in ("requester", "collaborator"):
        return f"{someone.shown} takes part in {label(case.id)} already."
    participant.set_role(turn.tx, case.id, someone.id, role="collaborator", now=turn.now)
    turn.change(case)
    turn.record(case, "participant added", who=someone.address)
    turn.tell_all("added", [someone], case, by=turn.person.shown)
    return f"{someone.shown} was added to {label(case.id)} and told."


def remove_person(turn: Turn, command: RemovePerson) -> str:
    """Remove a collaborator. The requester stays."""
    case = turn.case(command.case)
    someone = people.find(turn.tx, "email", command.address)
    part = participant.role(turn.tx, case.id, someone.id) if someone else ""
    if someone is None or part not in ("collaborator", "proposed"):
        raise Refusal(f"{command.address} is no collaborator of {label(case.id)}, so nothing was changed.")
    participant.set_role(turn.tx, case.id, someone.id, role="removed", now=turn.now)
    turn.change(case)
    turn.record(case, "participant removed", who=someone.address)
    return f"{someone.shown} was removed from {label(case.id)}."


def _of_same_account(turn: Turn, someone: Person | None) -> bool:
    account = turn.person.account_id
    return bool(someone and account and someone.known and someone.account_id == account)
