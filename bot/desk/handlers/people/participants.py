"""Participants of a case: collaborators join and leave."""

from __future__ import annotations

import json

from bot.commands.people import AddPerson, RemovePerson
from bot.config.addresses import own_address
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.excerpt import beginning
from bot.model.facts import PublicEntry
from bot.model.identity import Proof
from bot.model.mail_address import MAIL, channel_and_address, has_mail
from bot.model.rule import CUSTOMERS
from bot.model.translatable import saying
from bot.notices.conversation import Added, AdditionAsked
from bot.policy import permissions
from bot.syntax.case_numbers import label
from store.cases import case as cases
from store.cases import entry as entries
from store.cases import participant, read_access
from store.cases.case import Case
from store.people import account, person
from store.people.freemail_domains import FREE_MAIL
from store.people.person import Person

PASSED_ON = (
    "The support team decides whether {who} is added to {case}: we have passed your wish on, and until then they are "
    "told nothing."
)


@handles(AddPerson)
def add_person(turn: Turn, command: AddPerson) -> str:
    """Add a collaborator: a specialist any contact, a customer those they may; others are proposed."""
    case = turn.case(command.case)
    channel, address = channel_and_address(command.address)
    if not _is_address(turn, channel, address):
        raise Refusal(saying("Whom? One mail address is needed: {verb} ana@example.com", verb="add"))
    someone = person.find(turn.tx, channel, address)
    if own_address(address, turn.config):
        raise Refusal(
            saying("{who} is our own address: whatever you write to it reaches the case.", who=address)
        )
    permissions.refuse_who_left(someone if turn.person.staff else None)
    if someone is not None and participant.role(turn.tx, case.id, someone.id) in CUSTOMERS:
        return saying("{who} takes part in {case} already.", who=someone.shown, case=label(case.id))
    if not turn.person.staff and not may_add(turn, case, channel, address, proof=turn.proof):
        return _propose(turn, case, command, someone)
    if someone is not None and someone.staff and turn.person.staff:
        raise Refusal(
            saying(
                "{who} is a colleague of the desk and sees every case, so nothing was changed. “assign” makes them the "
                "owner, a note that mentions them calls them, and they can “watch” the case themselves.",
                who=someone.shown,
            )
        )
    language = likely_language(turn, case, channel, someone)
    someone = person.meet(turn.tx, channel, address, name=command.name, language=language, now=turn.now)
    participant.set_role(turn.tx, case.id, someone, role="collaborator", now=turn.now)
    turn.change(case)
    turn.record(case, "participant added", who=someone.address)
    turn.notifier.tell_all(_added(turn, case), [someone], case)
    return saying("{who} was added to {case} and told.", who=someone.shown, case=label(case.id))


def _added(turn: Turn, case: Case) -> Added:
    """With what the case began with, where that is the asker's to tell: their own words."""
    first = entries.first(turn.tx, case.id)
    if first is None or first.person_id != turn.person.id or first.visibility != "public":
        return Added(by=turn.person.shown, entry=None, whole=False)
    excerpt = beginning(first.text)
    entry = PublicEntry(turn.person.shown, excerpt, first.received_at)
    return Added(by=turn.person.shown, entry=entry, whole=excerpt == first.text)


def likely_language(turn: Turn, case: Case, channel: str, someone: Person | None) -> str:
    """The language to write to somebody in who has shown none: the asker's, or (if staff) the requester's.

    Only by mail: Slack says what its people have set.
    """
    if channel != MAIL or (someone is not None and someone.language):
        return ""
    requester = turn.people.by_id(case.requester_id) if turn.person.staff else turn.person
    return requester.language if requester else ""


def _propose(turn: Turn, case: Case, command: AddPerson, someone: Person | None) -> str:
    """Propose a customer's wish to the desk, once each. A person whom it removed stays removed until then."""
    channel, address = channel_and_address(command.address)
    who = someone or person.meet(turn.tx, channel, address, name=command.name, known=False, now=turn.now)
    name = command.name or _shown(command.address, someone)
    if not participant.removed(turn.tx, case.id, who.id):
        participant.set_role(turn.tx, case.id, who, role="proposed", now=turn.now)
    if not _asked_before(turn, case, who):
        turn.change(case)
        turn.record(case, "participant proposed", who=who.address, asked="yes")
        mail = address if channel == MAIL else ""
        named = name if mail else f"{name} ({_written(turn, who)})"
        turn.notifier.tell_desk(AdditionAsked(sender=turn.person.shown, who=named, address=mail), case)
    return saying(PASSED_ON, who=name, case=label(case.id))


def _is_address(turn: Turn, channel: str, address: str) -> bool:
    """Is it an address as this channel writes those of people?"""
    form = turn.config.address_forms.get(channel)
    try:
        return channel == MAIL or (form is not None and bool(form.read(address)))
    except ValueError:
        return False


def _written(turn: Turn, who: Person) -> str:
    """Somebody's address and its channel, by which the desk knows them: a name is what its owner likes."""
    form = turn.config.address_forms.get(who.channel)
    return f"{turn.config.label_of(who.channel)} {form.write(who.address) if form else who.address}"


def _asked_before(turn: Turn, case: Case, who: Person) -> bool:
    """Has the desk heard this wish, and not removed the person since?"""
    last = None
    for row in cases.events(turn.tx, case.id):
        detail = json.loads(row.detail)
        if row.name.startswith("participant ") and detail.get("who") == who.address:
            last = (row.name, "asked" in detail)
    return last == ("participant proposed", True)


def may_add(turn: Turn, case: Case, channel: str, address: str, *, proof: Proof) -> bool:
    """May a customer with this proof let this person see their case?

    People of their own, and those whom the desk has let into a case of theirs; nobody whom it has removed
    from this one: only the desk undoes that.
    """
    someone = person.find(turn.tx, channel, address)
    if someone is not None and (someone.left or someone.staff or _removed_by_desk(turn, case.id, someone)):
        return False
    met = someone is not None and someone.known
    if (met or proof >= Proof.PROVEN) and _of_their_own(turn, channel, address, someone):
        return True
    return someone is not None and _let_in(turn, someone)


def _of_their_own(turn: Turn, channel: str, address: str, someone: Person | None) -> bool:
    """Is this person of the asker's organisation? A new one belongs to their domain's account."""
    theirs = (someone and someone.account_id) or account.of_address(turn.tx, channel, address)
    return of_one_house(turn, turn.person, Person(0, "", "", address, channel, theirs))


def of_one_house(turn: Turn, someone: Person, other: Person) -> bool:
    """Are they of the same account or, if neither has one, of the same mail domain or workspace?"""
    if someone.account_id or other.account_id:
        return someone.account_id == other.account_id
    if someone.channel != other.channel:
        return False
    if not has_mail(someone):
        return _one_workspace(turn, someone, other)
    return _domain(someone.address) == _domain(other.address) and _domain(someone.address) not in FREE_MAIL


def _let_in(turn: Turn, someone: Person) -> bool:
    asker = turn.person
    roles = read_access.let_in(turn.tx, someone.id, asker_id=asker.id, account_id=asker.account_id)
    return any(
        role != "removed" or not _removed_by_desk(turn, number, someone) for number, role in roles.items()
    )


def _removed_by_desk(turn: Turn, number: int, someone: Person) -> bool:
    if not participant.removed(turn.tx, number, someone.id):
        return False
    by = participant.removed_by(turn.tx, number, someone.id)
    remover = turn.people.by_id(by) if by else None
    return remover is None or remover.role != "contact"


@handles(RemovePerson)
def remove_person(turn: Turn, command: RemovePerson) -> str:
    """Remove a collaborator. The requester stays."""
    case = turn.case(command.case)
    channel, address = channel_and_address(command.address)
    someone = person.find(turn.tx, channel, address)
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
    """A name for words; a chat's own ids are not legible."""
    return someone.shown if someone else saying("this person") if ":" in address else address


def _one_workspace(turn: Turn, someone: Person, other: Person) -> bool:
    profile = turn.config.profiles.get(someone.channel)
    form = profile.people if profile else None
    theirs = form.workspace(someone.address) if form else ""
    return bool(form and theirs and theirs == form.workspace(other.address))


def _domain(address: str) -> str:
    return address.lower().rpartition("@")[2]
