"""Permissions: checks the asker's role and proof against the rule of a command."""

from __future__ import annotations

from collections.abc import Mapping

from bot.model.errors import NotAllowed, NotProven, Refusal
from bot.model.identity import Proof
from bot.model.mail_address import complete, has_mail, is_unattended
from bot.model.request import Command
from bot.model.rule import STAFF
from bot.model.translatable import saying
from store.people.person import Person

NO_PART = "Only the people who take part in a case can do that."
DESK_ONLY = "Only the support team can do that."
REQUESTER_ONLY = "Only the person who opened the case, or the support team, can do that."
NOT_PROVEN = (
    "We could not be sure that it was you. Please reply to our latest mail about this case and ask again in "
    "that reply: its address proves who you are."
)


def proof_on(proof: Proof, *, token: bool, own: bool) -> Proof:
    """The asker's level of proof on a case.

    ``token``: the case's own token was used; one of another case proves nothing here. ``own``: a customer
    opens the case with this very message, so that what they ask about it is as well proven as the case
    itself.
    """
    if own and proof >= Proof.PLAUSIBLE:
        return max(proof, Proof.PROVEN)
    return Proof.PLAUSIBLE if proof is Proof.PROVEN and not token else proof


def check(command: type[Command], role: str, proof: Proof) -> None:
    """Raise ``NotAllowed`` (``NotProven`` for want of proof) unless role and proof permit the command."""
    rule = command.rule
    needed = rule.get(role)
    if needed is None:
        raise NotAllowed(_why(rule, role))
    if proof < needed:
        raise NotProven(NOT_PROVEN)


def reachable(person: Person) -> bool:
    """Return whether mail can reach a person: no incomplete address, and no noreply address."""
    return not has_mail(person) or (complete(person.address) and not is_unattended(person.address))


def refuse_who_left(someone: Person | None) -> None:
    """Refuse to let somebody in again who left; only an import or the command line may."""
    if someone is not None and someone.left:
        raise Refusal(
            saying(
                "{who} is no contact any more, so nothing was done. To have them back: casebot people import.",
                who=someone.shown,
            )
        )


def _why(rule: Mapping[str, Proof], role: str) -> str:
    if not {*rule} - {*STAFF}:
        return DESK_ONLY
    return REQUESTER_ONLY if role == "collaborator" else NO_PART
