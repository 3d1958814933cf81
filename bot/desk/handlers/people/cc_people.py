"""People in Cc: which of them become collaborators, and who proposes the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.commands.people import AddPerson
from bot.desk.handlers.people.participants import likely_language, may_add
from bot.desk.turn.turn import Turn
from bot.model.identity import Identity, Proof
from bot.model.rule import CUSTOMERS
from bot.model.translatable import saying, together
from store.cases import participant
from store.cases.case import Case
from store.people import person
from store.people.legible_name import is_legible
from store.people.person import Person


@dataclass(slots=True)
class Copied:
    """The people in Cc."""

    added: list[Person] = field(default_factory=list)
    """Who takes part from now on."""
    addable: list[str] = field(default_factory=list)
    """Addresses of those whom the asker may add by ``#add``."""
    proposed: list[str] = field(default_factory=list)
    """Addresses of those about whom the desk decides."""

    @property
    def outside(self) -> tuple[str, ...]:
        """The people in Cc who are told nothing yet."""
        return (*self.addable, *self.proposed)


def meet(turn: Turn, case: Case, *, opening: bool = True) -> Copied:
    """Give people in Cc their part: on opening, those the asker may add are added, others proposed."""
    met = Copied()
    proof = Proof.LINKED if turn.proof is Proof.LINKED else Proof.PLAUSIBLE  # a form's field, else a mere Cc
    for who in turn.said.copied if turn.proof >= Proof.PLAUSIBLE else ():
        known_person = person.find(turn.tx, who.channel, who.address)
        if known_person and (
            known_person.id == turn.person.id or known_person.staff or _met(turn, case, known_person)
        ):
            continue
        if opening and may_add(turn, case, who.channel, who.address, proof=proof):
            met.added.append(_added(turn, case, who, known_person))
            continue
        someone = _proposed(turn, case, who, known_person)
        if who.address not in _added_next(turn):
            own = may_add(turn, case, who.channel, who.address, proof=Proof.PROVEN)
            (met.addable if own else met.proposed).append(someone.identified)
    return met


def _added(turn: Turn, case: Case, who: Identity, known_person: Person | None) -> Person:
    language = likely_language(turn, case, who.channel, known_person)
    someone = known_person or person.meet(
        turn.tx, who.channel, who.address, name=who.name, language=language, now=turn.now
    )
    participant.set_role(turn.tx, case.id, someone, role="collaborator", now=turn.now)
    turn.record(case, "participant added", who=someone.address)
    return someone


def _proposed(turn: Turn, case: Case, who: Identity, known_person: Person | None) -> Person:
    name = (
        "" if is_legible(who.address) else who.name
    )  # a stranger's name in a mail is what somebody wrote there
    someone = known_person or person.meet(
        turn.tx, who.channel, who.address, name=name, known=False, now=turn.now
    )
    participant.set_role(turn.tx, case.id, someone, role="proposed", now=turn.now)
    turn.record(case, "participant proposed", who=someone.address)
    return someone


def _met(turn: Turn, case: Case, someone: Person) -> bool:
    """Do they take part, or were they proposed or removed? Then Cc changes nothing."""
    return participant.reading(turn.tx, case.id, someone.id)[0] != ""


def not_notified(met: Copied) -> str:
    """Tell a customer whom they put in Cc by mail in vain; ``""`` if nobody."""
    return together(_addable(met.addable), _undecided(met.proposed))


def _addable(addresses: Sequence[str]) -> str:
    if not addresses:
        return ""
    return saying(
        "Not told yet: {who}. To include somebody, reply with a line such as {line}.",
        who=", ".join(addresses),
        line=f"#add {addresses[0]}",
    )


def _undecided(addresses: Sequence[str]) -> str:
    if not addresses:
        return ""
    return saying(
        "Not told yet: {who}. The support team decides whether they are included.", who=", ".join(addresses)
    )


def passed_over(turn: Turn, case: Case) -> str:
    """Tell a specialist who got their mail by its Cc but gets nothing that follows; ``""`` if nobody.

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
    pattern = (
        "{who} in Cc takes no part in the case, and gets nothing from us from now on."
        if len(outside) == 1
        else "{who} in Cc take no part in the case, and get nothing from us from now on."
    )
    return together(
        saying(pattern, who=", ".join(outside)),
        saying("To include somebody, reply with a line such as {line}.", line=f"#add {outside[0]}"),
    )


def _added_next(turn: Turn) -> set[str]:
    """The people whom a command of the same message adds: it reports on them itself."""
    return {command.address for command in turn.request.commands if isinstance(command, AddPerson)}


def _hears(turn: Turn, case: Case, channel: str, address: str) -> bool:
    someone = person.find(turn.tx, channel, address)
    return someone is not None and (
        someone.staff or participant.role(turn.tx, case.id, someone.id) in CUSTOMERS
    )
