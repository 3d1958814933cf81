"""Copied: who was in Cc, which of them are told of the case, and how the others come to be."""

from __future__ import annotations

from collections.abc import Sequence

from bot import access
from bot.commands import AddPerson, Proof
from bot.handlers.participants import belongs_together
from bot.sayings import saying
from bot.turn import Turn
from store import participant, people
from store.case import Case
from store.legible import is_legible
from store.people import Person


def meet(turn: Turn, case: Case, *, opening: bool = True) -> tuple[list[str], list[str]]:
    """Names of those who were added; addresses (in a chat, names) of those who are proposed and told nothing yet.

    On the opening message people of the requester's account are added, all others proposed.
    """
    added: list[str] = []
    proposed: list[str] = []
    for who in turn.said.copied if turn.proof >= Proof.PLAUSIBLE else ():
        known = people.find(turn.tx, who.channel, who.address)
        if known and (known.id == turn.person.id or known.staff or _met(turn, case, known)):
            continue
        belongs = opening and belongs_together(turn.person, who.channel, who.address, known)
        named = who.name if belongs or not is_legible(who.address) else ""
        someone = known or people.meet(
            turn.tx, who.channel, who.address, name=named, known=belongs, now=turn.now
        )
        role = "collaborator" if belongs else "proposed"
        participant.set_role(turn.tx, case.id, someone, role=role, now=turn.now)
        if belongs:
            added.append(someone.shown)
        elif who.address not in _added_next(turn):
            proposed.append(someone.identified)
        turn.record(case, "participant added" if belongs else "participant proposed", who=someone.address)
    return added, proposed


def _met(turn: Turn, case: Case, someone: Person) -> bool:
    """Do they take part, were they proposed, or removed? Their name in Cc changes nothing of that."""
    return participant.reading(turn.tx, case.id, someone.id)[0] != ""


def not_told(proposed: Sequence[str]) -> str:
    """Tell a customer by mail whom they put in Cc in vain; ``""`` if nobody."""
    if not proposed:
        return ""
    return saying(
        "Not told yet: {who}. To include somebody, reply with a line such as {line}.",
        who=", ".join(proposed),
        line=f"#add {proposed[0]}",
    )


def passed_over(turn: Turn, case: Case) -> str:
    """Tell a specialist who got their mail by its Cc, and gets nothing that follows; ``""`` if nobody.

    It is told though they asked for no answer.
    """
    outside = [
        who.address if is_legible(who.address) else who.name
        for who in turn.said.copied
        if who.address not in _added_next(turn) and not _hears(turn, case, who.channel, who.address)
    ]
    if not outside:
        return ""
    turn.owe_answer()
    one, many = "takes no part in the case, and gets", "take no part in the case, and get"
    return (
        f"{', '.join(outside)} in Cc {one if len(outside) == 1 else many} nothing from us from now on. To include "
        f"somebody, reply with a line such as #add {outside[0]}."
    )


def _added_next(turn: Turn) -> set[str]:
    """Whom a command of the same message adds: it says itself what became of them."""
    return {command.address for command in turn.request.commands if isinstance(command, AddPerson)}


def _hears(turn: Turn, case: Case, channel: str, address: str) -> bool:
    known = people.find(turn.tx, channel, address)
    return known is not None and (
        known.staff or participant.role(turn.tx, case.id, known.id) in access.CUSTOMERS
    )
