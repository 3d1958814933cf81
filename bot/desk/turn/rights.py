"""Rights: what the asker of a turn may do, to which case."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.case import Rate
from bot.commands.dispatch import Undo
from bot.commands.house import Due
from bot.commands.triage import Merge, Unmerge
from bot.desk.turn.turn import Turn
from bot.model.errors import NoSuchCase
from bot.model.request import OPENED, Command, OnCase
from bot.model.rule import CUSTOMERS, HOUSE_CLOCK
from bot.model.translatable import saying
from bot.policy import permissions
from bot.syntax.case_numbers import label
from store.cases import participant, thread
from store.cases.thread import Thread

_STAY = (Merge, Unmerge, Due, Rate, Undo)
"""About the very case that they name, whatever it was merged into."""


def allow(turn: Turn, command: Command) -> None:
    """Raise a refusal unless the asker may do this to this case.

    Unknown cases and those of other people look alike.
    """
    if not isinstance(command, OnCase):
        permissions.check(type(command), _own_role(turn) or "stranger", turn.proof)
        return
    role = admit(turn, command.case)
    case = turn.find_case(command.case)
    if case is None or (role == "stranger" and command.rule.get("stranger") is None):
        raise NoSuchCase(label(command.case))
    also = command.into if isinstance(command, Merge) else case.merged_id  # what a merger is undone by
    token = turn.request.proven_on in (command.case, also or command.case)
    own = case.fresh and not turn.person.staff
    permissions.check(type(command), role, permissions.proof_on(turn.proof, token=token, own=own))


def redirected(turn: Turn, command: Command) -> Command:
    """The command, redirected to the case that its own was merged into.

    Raises ``NoSuchCase`` if the asker has no part in that one.
    """
    if not isinstance(command, OnCase):
        return command
    if command.case == OPENED:
        command = replace(command, case=turn.touched.id if turn.touched else OPENED)
    if isinstance(command, _STAY):
        return command
    case = turn.find_case(command.case)
    if case is None or case.merged_id is None:
        return command
    if admit(turn, case.merged_id) == "stranger" and command.rule.get("stranger") is None:
        raise NoSuchCase(label(case.id))
    return replace(command, case=case.merged_id)


def role_on(turn: Turn, number: int) -> str:
    """The asker's role on a case; changes nothing."""
    return _own_role(turn) or _as_customer(participant.role(turn.tx, number, turn.person.id))


def admit(turn: Turn, number: int) -> str:
    """The asker's role on a case that they ask about; in a thread open to them, they take part now."""
    if role := _own_role(turn):
        return role
    part, used = participant.part(turn.tx, number, turn.person.id)
    turn.used = used if part else None
    here = turn.places.here(number)
    if part not in CUSTOMERS and here is not None and _lets_in(turn, here):
        via = here.begun_on if here.begun_on != number else None
        participant.set_role(turn.tx, number, turn.person, role="collaborator", now=turn.now, via=via)
        part = "collaborator"
    if part in CUSTOMERS and here is not None and here.side == "customer":
        participant.spoke(turn.tx, number, turn.person.id, here.address)
    if part in CUSTOMERS and here is None:
        _spoke_elsewhere(turn, number)
    return _as_customer(part)


def _spoke_elsewhere(turn: Turn, number: int) -> None:
    """Note where a customer speaks of a case outside its threads: not if they read it in one of these."""
    source, place = turn.request.source, turn.request.place
    if not place or not turn.notifier.traits(source).threads or turn.places.is_desks(place):
        return
    last = participant.reading(turn.tx, number, turn.person.id)[1]
    read = thread.at(turn.tx, source, last) if last else None
    if read is None or number not in (read.case_id, read.begun_on):
        participant.spoke(turn.tx, number, turn.person.id, place)


def _as_customer(part: str) -> str:
    return part if part in CUSTOMERS else "stranger"


def _own_role(turn: Turn) -> str:
    """The role that the asker has on every case: of the desk, or the house's clock; else ``""``."""
    return HOUSE_CLOCK if turn.person.role == HOUSE_CLOCK else _staff_role(turn)


def _lets_in(turn: Turn, here: Thread) -> bool:
    """May the asker take part because the thread is shared with a whole customer channel?

    Not those who were removed from the case by name, nor colleagues.
    """
    if turn.request.colleague:
        return False
    return thread.is_shared(turn.tx, here) and not participant.removed(turn.tx, here.case_id, turn.person.id)


def _staff_role(turn: Turn) -> str:
    """The asker's staff role; the operator at the command line counts as a specialist."""
    if not turn.person.staff:
        return ""
    return "manager" if turn.person.role == "manager" else "specialist"


def instead(turn: Turn, command: Command) -> str:
    """Where an unproven asker can give this command instead, in words; ``""`` if nowhere."""
    case = turn.find_case(command.case) if isinstance(command, OnCase) else None
    if case is None or turn.person.staff or not turn.notifier.page_url("case", case, turn.person):
        return ""
    turn.touched = turn.touched or case
    return saying("Or do it on the page of your case: the link is below.")
