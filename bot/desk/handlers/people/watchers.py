"""Watchers: staff follow a colleague's case, or hear no more of one, until they are mentioned on it."""

from __future__ import annotations

import re

from bot.commands.attention import Mute, Unmute, Unwatch, Watch
from bot.desk.handlers.people.colleagues import require_colleague
from bot.desk.turn.handler import handles
from bot.desk.turn.turn import Turn
from bot.model.errors import Refusal
from bot.model.translatable import saying, together
from bot.syntax.case_numbers import label
from store.cases import watcher
from store.cases.case import Case
from store.people.person import Person

LOUD = saying("A concern and a missed target reach you all the same.")


@handles(Watch)
def watch(turn: Turn, command: Watch) -> str:
    """Tell the asker from now on what the case's owner is told."""
    case = _case(turn, command.case, "watch")
    changed = watcher.mark(turn.tx, case.id, turn.person.id, watching=True, muted=False)
    if not changed:
        return saying("You watch {case} already.", case=label(case.id))
    turn.record(case, "watched")
    pattern = "You watch {case} now: you are told what its owner is told. To stop: unwatch."
    return saying(pattern, case=label(case.id))


@handles(Unwatch)
def unwatch(turn: Turn, command: Unwatch) -> str:
    """Tell the asker no more than anybody."""
    case = _case(turn, command.case, "unwatch")
    if not watcher.mark(turn.tx, case.id, turn.person.id, watching=False):
        watches_not = saying("You do not watch {case}.", case=label(case.id))
        raise Refusal(together(watches_not, _own(turn, case)))
    turn.record(case, "unwatched")
    return together(saying("You watch {case} no more.", case=label(case.id)), _own(turn, case))


def _own(turn: Turn, case: Case) -> str:
    if case.owner_id != turn.person.id:
        return ""
    return saying("It is yours, so you hear of it: mute stops that.")


@handles(Mute)
def mute(turn: Turn, command: Mute) -> str:
    """Tell the asker nothing more of the case but what is loud."""
    case = _case(turn, command.case, "mute")
    if not watcher.mark(turn.tx, case.id, turn.person.id, muted=True):
        return saying("You have muted {case} already. To hear of it again: unmute.", case=label(case.id))
    turn.record(case, "muted")
    muted = saying(
        "You hear no more of {case} until a colleague mentions you on it, it is given to you, or you unmute it.",
        case=label(case.id),
    )
    return together(muted, LOUD)


@handles(Unmute)
def unmute(turn: Turn, command: Unmute) -> str:
    """Tell the asker of the case again."""
    case = _case(turn, command.case, "unmute")
    if not watcher.mark(turn.tx, case.id, turn.person.id, muted=False):
        raise Refusal(saying("You have not muted {case}.", case=label(case.id)))
    turn.record(case, "unmuted")
    return saying("You hear of {case} again.", case=label(case.id))


def _case(turn: Turn, number: int, verb: str) -> Case:
    """The case. Raises ``BadCommand`` for the operator, who is nobody that could be told."""
    case = turn.case(number)
    require_colleague(turn, verb, saying("It is a person who is told, so nothing was changed."))
    return case


def mentioned(turn: Turn, case: Case, text: str) -> list[Person]:
    """The colleagues whom a note mentions (``@Sam``, ``@sam@desk.example``); they hear of the case again."""
    colleagues = [person for person in turn.people.staff() if person.id != turn.person.id]
    called = [person for person in colleagues if _is_called(person, text, colleagues)] if "@" in text else []
    for person in called:
        if watcher.mark(turn.tx, case.id, person.id, muted=False):
            turn.record(case, "unmuted", who=person.shown, why=saying("mentioned"))
    return called


def _is_called(person: Person, text: str, colleagues: list[Person]) -> bool:
    first = person.name.partition(" ")[0]
    names = {person.name, person.address}
    if sum(other.name.partition(" ")[0].casefold() == first.casefold() for other in colleagues) == 1:
        names.add(first)
    pattern = "|".join(re.escape(name) for name in sorted(filter(None, names), key=len, reverse=True))
    return bool(pattern and re.search(rf"(?<![\w@])@(?:{pattern})(?![\w@])", text, re.IGNORECASE))
