"""Who takes part in a case: collaborators come and go."""

from __future__ import annotations

from bot import access
from bot.commands import AddPerson, RemovePerson
from bot.grammar import label
from bot.placing import own_address
from bot.refusals import Refusal
from bot.sayings import saying
from bot.turn import Turn
from store import participant, people
from store.case import Case
from store.people import Person

_NOT_YOURS = (
    "We could not add {who}: you can add people of your own organisation whom we know, and people you have put in "
    "Cc. Ask in a reply, and the support team will do it."
)


def add_person(turn: Turn, command: AddPerson) -> str:
    """Add a collaborator: a specialist any contact, a customer only people of the same account, and those in Cc."""
    case = turn.case(command.case)
    channel, address = _channel(command.address)
    someone = people.find(turn.tx, channel, address)
    if own_address(address, turn.config):
        raise Refusal(
            saying("{who} is our own address: whatever you write to it reaches the case.", who=address)
        )
    access.refuse_who_left(someone if turn.person.staff else None)
    if someone is not None and participant.role(turn.tx, case.id, someone.id) in access.CUSTOMERS:
        return saying("{who} takes part in {case} already.", who=someone.shown, case=label(case.id))
    if not turn.person.staff and not _may_add(turn, case, command.address, someone):
        raise Refusal(saying(_NOT_YOURS, who=_shown(command.address, someone)))
    someone = people.meet(turn.tx, channel, address, name=command.name, now=turn.now)
    participant.set_role(turn.tx, case.id, someone, role="collaborator", now=turn.now)
    turn.change(case)
    turn.record(case, "participant added", who=someone.address)
    turn.tell_all("added", [someone], case, by=turn.person.shown)
    return saying("{who} was added to {case} and told.", who=someone.shown, case=label(case.id))


def _may_add(turn: Turn, case: Case, address: str, someone: Person | None) -> bool:
    """May a customer add this person? Nobody whom the desk has removed: only the desk undoes that."""
    if someone is not None and _removed_by_desk(turn, case, someone):
        return False
    if someone is not None and participant.role(turn.tx, case.id, someone.id) == "proposed":
        return True
    return belongs_together(turn.person, *_channel(address), someone)


def _removed_by_desk(turn: Turn, case: Case, someone: Person) -> bool:
    if not participant.removed(turn.tx, case.id, someone.id):
        return False
    number = participant.removed_by(turn.tx, case.id, someone.id)
    remover = turn.by_id(number) if number else None
    return remover is None or remover.role != "contact"


def remove_person(turn: Turn, command: RemovePerson) -> str:
    """Remove a collaborator. The requester stays."""
    case = turn.case(command.case)
    channel, address = _channel(command.address)
    someone = people.find(turn.tx, channel, address)
    part = participant.role(turn.tx, case.id, someone.id) if someone else ""
    if someone is None or part not in ("collaborator", "proposed"):
        who = _shown(command.address, someone)
        raise Refusal(
            saying(
                "{who} is no collaborator of {case}, so nothing was changed.", who=who, case=label(case.id)
            )
        )
    participant.set_role(turn.tx, case.id, someone, role="removed", now=turn.now)
    turn.change(case)
    turn.record(case, "participant removed", who=someone.address)
    return saying("{who} was removed from {case}.", who=someone.shown, case=label(case.id))


def _shown(address: str, someone: Person | None) -> str:
    """A name for words: a chat's own ids are nothing to read."""
    return someone.shown if someone else saying("this person") if ":" in address else address


def _channel(address: str) -> tuple[str, str]:
    """``slack:T1/U2`` → ``("slack", "T1/U2")``; a mail address is one of mail."""
    channel, colon, rest = address.partition(":")
    return (channel, rest) if colon else ("email", address)


def belongs_together(asker: Person, channel: str, address: str, someone: Person | None) -> bool:
    """May a customer let this person see their case? Known people of the same account; in a chat where neither
    has an account, people of the same workspace."""
    if asker.account_id:
        return bool(someone and someone.known and someone.account_id == asker.account_id)
    same_team = channel == asker.channel != "email" and _team(address) == _team(asker.address)
    return same_team and (someone is None or someone.account_id is None)


def _team(address: str) -> str:
    return address.lower().partition("/")[0]
