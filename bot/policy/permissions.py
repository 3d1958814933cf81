"""Permissions: one table of command, role and the proof that each pair needs."""

from __future__ import annotations

from collections.abc import Mapping

from bot.commands import (
    AddPerson,
    Assign,
    Attach,
    Bounced,
    Close,
    Command,
    Concern,
    Due,
    Help,
    Keep,
    Missed,
    My,
    Note,
    Open,
    Proof,
    Rate,
    RemovePerson,
    Reopen,
    Reply,
    Search,
    Show,
    Take,
    Unclear,
)
from bot.commands.articles import Deflect, Solved
from bot.commands.triage import Accept, Merge, OpenFor, Spam, Split, Unmerge
from bot.commands.urgency import ChangePriority, DecidePriority, NameContact, Queue, TakeConcern
from bot.commands.work import AskFor, Handover, SetField, Wait, Workaround
from bot.model.errors import NotAllowed, NotProven, Refusal
from store.people.person import Person

CUSTOMERS = ("requester", "collaborator")
STAFF = ("specialist", "manager")
CLOCK = "clock"
"""The role of the house's own clock, and of nobody else."""
EVERYBODY = ("stranger", *CUSTOMERS, *STAFF)


def _rule(*pairs: tuple[tuple[str, ...], Proof]) -> Mapping[str, Proof]:
    return {role: proof for roles, proof in pairs for role in roles}


_FREE = _rule((EVERYBODY, Proof.UNPROVEN))
_OWN = _rule((CUSTOMERS, Proof.PLAUSIBLE), (STAFF, Proof.PROVEN))
_PROVEN = _rule((CUSTOMERS, Proof.PROVEN), (STAFF, Proof.PROVEN))
_DESK = _rule((STAFF, Proof.PROVEN))
_ASKED = _rule((EVERYBODY, Proof.PLAUSIBLE))
_LOOKED_UP = _rule((STAFF, Proof.PLAUSIBLE))
"""Changes nothing, and is answered to the address that the desk's own config names: a forged one learns nothing."""

RULES: Mapping[type[Command], Mapping[str, Proof]] = {
    Open: _FREE,
    Keep: _FREE,
    Missed: _FREE,
    Unclear: _ASKED,
    Help: _ASKED,
    My: _ASKED,
    Reply: _OWN,
    Attach: _OWN,
    Show: _PROVEN,
    Reopen: _PROVEN,
    Close: _rule((("requester",), Proof.PROVEN), (STAFF, Proof.PROVEN)),
    Concern: _PROVEN,
    Rate: _rule((CUSTOMERS, Proof.LINKED)),
    Solved: _rule((("requester",), Proof.LINKED)),
    Deflect: _ASKED,
    Due: _rule(((CLOCK,), Proof.LINKED)),
    Bounced: _rule(((CLOCK,), Proof.LINKED)),
    AddPerson: _rule((("requester",), Proof.PROVEN), (STAFF, Proof.PROVEN)),
    RemovePerson: _rule((("requester",), Proof.PROVEN), (STAFF, Proof.PROVEN)),
    Note: _DESK,
    Take: _DESK,
    Assign: _DESK,
    Handover: _DESK,
    Search: _LOOKED_UP,
    OpenFor: _rule((STAFF, Proof.PLAUSIBLE)),
    Merge: _DESK,
    Unmerge: _DESK,
    Split: _DESK,
    Accept: _DESK,
    Spam: _DESK,
    ChangePriority: _PROVEN,
    DecidePriority: _DESK,
    NameContact: _PROVEN,
    TakeConcern: _DESK,
    Queue: _LOOKED_UP,
    AskFor: _DESK,
    Wait: _DESK,
    Workaround: _DESK,
    SetField: _DESK,
}

NO_PART = "Only the people who take part in a case can do that."
DESK_ONLY = "Only the support team can do that."
REQUESTER_ONLY = "Only the person who opened the case, or the support team, can do that."
NOT_PROVEN = (
    "We could not be sure that it was you. Please reply to our latest mail about this case and ask again in "
    "that reply: its address proves who you are."
)


def proof_on(proof: Proof, *, token: bool, own: bool) -> Proof:
    """How sure it is who asks about a case.

    ``token``: its own was used; one of another case proves nothing here. ``own``: a customer opens it with this very
    message, so that what they ask about it is as sure as the case itself.
    """
    if own and proof >= Proof.PLAUSIBLE:
        return max(proof, Proof.PROVEN)
    return Proof.PLAUSIBLE if proof is Proof.PROVEN and not token else proof


def check(command: type[Command], role: str, proof: Proof) -> None:
    """Raise ``NotAllowed`` (``NotProven`` for want of proof) unless role and proof reach for the command."""
    rule = RULES[command]
    needed = rule.get(role)
    if needed is None:
        raise NotAllowed(_why(rule, role))
    if proof < needed:
        raise NotProven(NOT_PROVEN)


def reachable(person: Person) -> bool:
    """Can they be told anything? Not whoever wrote a mail that names no address of theirs."""
    return person.channel != "email" or "@" in person.address


def refuse_who_left(someone: Person | None) -> None:
    """Only an import or the command line lets somebody in again who is no contact any more."""
    if someone is not None and someone.left:
        raise Refusal(
            f"{someone.shown} is no contact any more, so nothing was done. To have them back: casebot people import."
        )


def _why(rule: Mapping[str, Proof], role: str) -> str:
    if not {*rule} - {*STAFF}:
        return DESK_ONLY
    return REQUESTER_ONLY if role == "collaborator" else NO_PART
