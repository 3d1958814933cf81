"""Change of the requester, and what becomes of those who took part before."""

from __future__ import annotations

from bot.config.addresses import own_address
from bot.desk.handlers.cases import open_case
from bot.desk.handlers.deadlines import sla_targets
from bot.desk.handlers.people.participants import of_one_house
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.mail_address import MAIL, has_mail
from bot.model.translatable import enumerated, saying, together
from bot.notices.case import RequesterChanged
from bot.notices.conversation import Added
from bot.policy import permissions
from bot.syntax.case_numbers import label
from store.cases import case as cases
from store.cases import participant, thread
from store.cases.case import Case
from store.people import person
from store.people.freemail_domains import FREE_MAIL
from store.people.person import Person


def give_to(turn: Turn, case: Case, address: str) -> str:
    """Give the case to another requester. The former one stays informed, unless it changes organisations."""
    someone = _customer(turn, address)
    if someone.id == case.requester_id:
        return saying("{case} is {who}'s already.", case=label(case.id), who=someone.shown)
    former = turn.people.by_id(case.requester_id)
    unnamed = former is not None and not permissions.reachable(former)
    moves = former is not None and not (unnamed or former.staff) and _of_two_houses(turn, former, someone)
    gone = _take_leave(turn, case, former, someone) if former and moves else []
    if former is not None and not moves:
        role = "removed" if unnamed else "collaborator"
        participant.set_role(turn.tx, case.id, former, role=role, now=turn.now)
    participant.set_role(turn.tx, case.id, someone, role="requester", now=turn.now)
    account_id = someone.account_id or (None if moves else case.account_id)
    cases.set_requester(turn.tx, case, someone.id, account_id)
    turn.change(case)
    sla_targets.run(turn, case)  # another account may be promised something else
    turn.record(case, "requester set", who=someone.address)
    pattern = _tell(turn, case, someone, wrote=unnamed)
    stays = [customer for customer in turn.people.customers(case) if former and customer.id == former.id]
    turn.notifier.tell_all(RequesterChanged(by=turn.person.shown), stays, case)
    given = saying(pattern, case=label(case.id), who=someone.shown)
    return together(given, *_stay(stays), _left(turn, case, gone))


HELD_STILL = (
    "{case} is {who}'s now, and held still: nobody was told. "
    "To let it go on, and tell them its number: accept."
)


def _tell(turn: Turn, case: Case, someone: Person, *, wrote: bool) -> str:
    """Tell the new requester, and return what to say of it.

    ``wrote``: it is their mail, though From did not say so.
    """
    if case.held:
        return HELD_STILL
    added = Added(by=turn.person.shown, entry=None, whole=False)
    notified = (wrote and open_case.confirm_to_writer(turn, case, someone)) or turn.notifier.tell(
        added, someone, case
    )
    return (
        "{case} is {who}'s now, and they were told."
        if notified
        else "{case} is {who}'s now, and they were not told."
    )


def _customer(turn: Turn, address: str) -> Person:
    """The person behind an address. Raises ``Refusal`` if they cannot be a requester."""
    if own_address(address, turn.config):
        why = saying("{address} is our own address, and cannot be a case's customer.", address=address)
        raise Refusal(why)
    permissions.refuse_who_left(person.find(turn.tx, MAIL, address))
    someone = person.meet(turn.tx, MAIL, address, known=True, now=turn.now)
    if someone.staff:
        why = saying("{who} is on the support team, and cannot be a case's customer.", who=someone.shown)
        raise Refusal(why)
    return someone


def _take_leave(turn: Turn, case: Case, former: Person, someone: Person) -> list[Person]:
    """Remove the former requester and people of their organisation; returns them. They are told nothing."""
    others = [
        customer for customer in turn.people.customers(case) if customer.id not in (former.id, someone.id)
    ]
    gone = [former, *(other for other in others if of_one_house(turn, other, former) and not other.staff)]
    thread.withdraw(turn.tx, case.id, former.id)
    for leaver in gone:
        participant.set_role(turn.tx, case.id, leaver, role="removed", now=turn.now)
        turn.record(case, "participant removed", who=leaver.address)
    return gone


def _of_two_houses(turn: Turn, former: Person, someone: Person) -> bool:
    """Would the former requester read another organisation's case? A private address has none.

    Where it is unknown whose the new address is, an organisation's people do not follow: they can be added
    again.
    """
    return _house_known(former) and not of_one_house(turn, former, someone)


def _house_known(someone: Person) -> bool:
    domain = someone.address.lower().rpartition("@")[2]
    return someone.account_id is not None or (has_mail(someone) and domain not in FREE_MAIL)


def _stay(stays: list[Person]) -> list[str]:
    return [saying("{who} stays a collaborator.", who=collaborator.shown) for collaborator in stays]


def _left(turn: Turn, case: Case, gone: list[Person]) -> str:
    if not gone:
        return ""
    who = gone[0].identified
    command = turn.config.command_of(gone[0].channel)
    again = f"{command} add {label(case.id)} @somebody" if command and "@" not in who else f"add {who}"
    return saying(
        _GONE if len(gone) == 1 else _ALL_GONE, who=enumerated(*(leaver.shown for leaver in gone)), line=again
    )


_GONE = (
    "{who} takes no part in it any more, because it is another organisation's now, and nobody told them. To let "
    "somebody in again: {line}"
)
_ALL_GONE = (
    "{who} take no part in it any more, because it is another organisation's now, and nobody told them. To let "
    "somebody in again: {line}"
)
