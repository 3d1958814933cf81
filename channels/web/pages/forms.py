"""Forms: what was typed on a page becomes a command, or says what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping

from bot.commands.articles import Solved
from bot.commands.case import Close, Rate, Reopen, Reply
from bot.commands.urgency import ChangePriority, Concern, NameContact
from bot.model.errors import BadCommand
from bot.model.request import Command
from channels.text import clean, line

FIELDS = ("text", "rating", "comment", "category", "phone", "priority", "name")
LONGEST = 50_000
"""Characters of what somebody says."""
LONGEST_COMMENT = 5_000
LONGEST_PHONE = 60
LONGEST_NAME = 200


class UnfitForm(Exception):
    """A form that makes no command; ``wrong`` maps a field to the key of what is wrong with it."""

    def __init__(self, **wrong: str) -> None:
        super().__init__(*wrong)
        self.wrong = wrong


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """Every field there may be, cleaned; what is missing is empty."""
    short = {name: line(form.get(name, "")) for name in ("rating", "category", "phone", "priority", "name")}
    return {name: clean(form.get(name, "")).strip() for name in FIELDS} | short


def wrong(refusal: UnfitForm | BadCommand) -> dict[str, str]:
    """The fields that a refusal is about, and the key of what is wrong with each."""
    if isinstance(refusal, UnfitForm):
        return refusal.wrong
    return {name: "phone" if name == "phone" else "check" for name in set(refusal.fields) & set(FIELDS)}


def gist(action: str, said: Mapping[str, str]) -> str:
    """What a form asks, in a word that is another's only if it asks the same."""
    digest = hashlib.sha256(json.dumps([action, sorted(said.items())]).encode())
    return f"{action} {digest.hexdigest()[:16]}"


def command(
    action: str,
    said: Mapping[str, str],
    numbers: tuple[int, ...],
    *,
    concerns: Collection[str] = (),
    priorities: Collection[str] = (),
) -> Command:
    """What a form asks; ``numbers`` are those of its page. Raises ``UnfitForm``, or KeyError for no action of ours."""
    if action == "concern":
        return _concern(said, numbers[0], concerns)
    if action == "priority":
        return _priority(said, numbers[0], priorities)
    return _COMMANDS[action](said, numbers)


def _reply(said: Mapping[str, str], numbers: tuple[int, ...]) -> Command:
    return Reply(numbers[0], _words(said, needed=True))


def _close(said: Mapping[str, str], numbers: tuple[int, ...]) -> Command:
    return Close(numbers[0], text=_words(said))


def _reopen(said: Mapping[str, str], numbers: tuple[int, ...]) -> Command:
    return Reopen(numbers[0], _words(said, needed=True))


def _rate(said: Mapping[str, str], numbers: tuple[int, ...]) -> Command:
    wrong = {}
    if said["rating"] not in ("1", "2", "3", "4", "5"):
        wrong["rating"] = "rating"
    if len(said["comment"]) > LONGEST_COMMENT:
        wrong["comment"] = "long"
    if wrong:
        raise UnfitForm(**wrong)
    return Rate(numbers[0], survey=numbers[2], rating=int(said["rating"]), comment=said["comment"])


def _contact(said: Mapping[str, str], numbers: tuple[int, ...]) -> Command:
    wrong = {name: "needed" for name in ("name", "phone") if not said[name]}
    if len(said["phone"]) > LONGEST_PHONE:
        wrong["phone"] = "long"
    if len(said["name"]) > LONGEST_NAME:
        wrong["name"] = "long"
    if wrong:
        raise UnfitForm(**wrong)
    return NameContact(numbers[0], said["phone"], said["name"])


def _solved(said: Mapping[str, str], numbers: tuple[int, ...]) -> Command:
    return Solved(numbers[0], article=numbers[2])


_COMMANDS: Mapping[str, Callable[[Mapping[str, str], tuple[int, ...]], Command]] = {
    "reply": _reply,
    "close": _close,
    "reopen": _reopen,
    "rate": _rate,
    "contact": _contact,
    "solved": _solved,
}


def _concern(said: Mapping[str, str], case: int, concerns: Collection[str]) -> Command:
    if said["category"] and said["category"] not in concerns:
        raise UnfitForm(category="choose")
    if len(said["phone"]) > LONGEST_PHONE:
        raise UnfitForm(phone="long")
    text = _words(said, needed=not (said["category"] or said["phone"]))
    return Concern(case, phone=said["phone"], category=said["category"], text=text)


def _priority(said: Mapping[str, str], case: int, priorities: Collection[str]) -> Command:
    wrong = {} if said["priority"] in priorities else {"priority": "choose"}
    if not said["text"]:
        wrong["text"] = "needed"
    if wrong:
        raise UnfitForm(**wrong)
    return ChangePriority(case, said["priority"], _words(said))


def _words(said: Mapping[str, str], *, needed: bool = False) -> str:
    if needed and not said["text"]:
        raise UnfitForm(text="needed")
    if len(said["text"]) > LONGEST:
        raise UnfitForm(text="long")
    return said["text"]
