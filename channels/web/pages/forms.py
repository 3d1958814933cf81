"""Forms: what was typed on a page becomes a command, or says what is wrong with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping

from bot.commands.articles import Solved
from bot.commands.case import Attach, Close, Rate, Reopen, Reply
from bot.commands.people import AcceptJoin
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
    """A form that makes no command; ``wrong`` maps a field to the key of its problem."""

    def __init__(self, **wrong: str) -> None:
        super().__init__(*wrong)
        self.wrong = wrong


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """All possible fields, cleaned; missing ones are empty."""
    short = {name: line(form.get(name, "")) for name in ("rating", "category", "phone", "priority", "name")}
    return {name: clean(form.get(name, "")).strip() for name in FIELDS} | short


def wrong(refusal: UnfitForm | BadCommand) -> dict[str, str]:
    """The fields that a refusal is about, each with the key of its problem."""
    if isinstance(refusal, UnfitForm):
        return refusal.wrong
    return {name: "phone" if name == "phone" else "check" for name in set(refusal.fields) & set(FIELDS)}


def gist(action: str, values: Mapping[str, str]) -> str:
    """A digest of what a form asks, but for its files: equal only for forms that ask the same."""
    digest = hashlib.sha256(json.dumps([action, sorted(values.items())]).encode())
    return f"{action}-{digest.hexdigest()[:16]}"


def command(
    action: str,
    values: Mapping[str, str],
    numbers: tuple[int, ...],
    *,
    concerns: Collection[str] = (),
    priorities: Collection[str] = (),
    files: bool = False,
) -> Command:
    """The command of a form; ``numbers`` are those of its page, ``files``: some come with it.

    Raises ``UnfitForm``, or KeyError for no action of ours.
    """
    if action == "reply":
        return _reply(values, numbers[0], files=files)
    if action == "concern":
        return _concern(values, numbers[0], concerns)
    if action == "priority":
        return _priority(values, numbers[0], priorities)
    return _COMMANDS[action](values, numbers)


def _reply(values: Mapping[str, str], case: int, *, files: bool) -> Command:
    if not values["text"]:
        if not files:
            raise UnfitForm(text="nothing")
        return Attach(case)
    return Reply(case, _words(values))


def _close(values: Mapping[str, str], numbers: tuple[int, ...]) -> Command:
    return Close(numbers[0], text=_words(values))


def _reopen(values: Mapping[str, str], numbers: tuple[int, ...]) -> Command:
    return Reopen(numbers[0], _words(values, needed=True))


def _rate(values: Mapping[str, str], numbers: tuple[int, ...]) -> Command:
    wrong = {}
    if values["rating"] not in ("1", "2", "3", "4", "5"):
        wrong["rating"] = "rating"
    if len(values["comment"]) > LONGEST_COMMENT:
        wrong["comment"] = "long"
    if wrong:
        raise UnfitForm(**wrong)
    return Rate(numbers[0], survey=numbers[2], rating=int(values["rating"]), comment=values["comment"])


def _contact(values: Mapping[str, str], numbers: tuple[int, ...]) -> Command:
    wrong = {name: "needed" for name in ("name", "phone") if not values[name]}
    if len(values["phone"]) > LONGEST_PHONE:
        wrong["phone"] = "long"
    if len(values["name"]) > LONGEST_NAME:
        wrong["name"] = "long"
    if wrong:
        raise UnfitForm(**wrong)
    return NameContact(numbers[0], values["phone"], values["name"])


def _solved(values: Mapping[str, str], numbers: tuple[int, ...]) -> Command:
    return Solved(numbers[0], article=numbers[2])


def _join(values: Mapping[str, str], numbers: tuple[int, ...]) -> Command:
    return AcceptJoin(numbers[1])


_COMMANDS: Mapping[str, Callable[[Mapping[str, str], tuple[int, ...]], Command]] = {
    "close": _close,
    "reopen": _reopen,
    "rate": _rate,
    "contact": _contact,
    "solved": _solved,
    "join": _join,
}


def _concern(values: Mapping[str, str], case: int, concerns: Collection[str]) -> Command:
    if values["category"] and values["category"] not in concerns:
        raise UnfitForm(category="choose")
    if len(values["phone"]) > LONGEST_PHONE:
        raise UnfitForm(phone="long")
    text = _words(values, needed=not (values["category"] or values["phone"]))
    return Concern(case, phone=values["phone"], category=values["category"], text=text)


def _priority(values: Mapping[str, str], case: int, priorities: Collection[str]) -> Command:
    wrong = {} if values["priority"] in priorities else {"priority": "choose"}
    if not values["text"]:
        wrong["text"] = "needed"
    if wrong:
        raise UnfitForm(**wrong)
    return ChangePriority(case, values["priority"], _words(values))


def _words(values: Mapping[str, str], *, needed: bool = False) -> str:
    if needed and not values["text"]:
        raise UnfitForm(text="needed")
    if len(values["text"]) > LONGEST:
        raise UnfitForm(text="long")
    return values["text"]
