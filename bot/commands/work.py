"""A specialist's commands: ask for material, wait, a workaround, case fields, handover."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

from bot.commands.urgency import TO
from bot.commands.verb import ADDRESS, PAUSE, Arguments, verb
from bot.model.errors import BadCommand
from bot.model.request import OnCase
from bot.model.rule import DESK, Rule
from bot.model.translatable import saying
from bot.syntax.fields import Choices
from bot.syntax.ids import after_name, ids

CaseField = Literal["type", "category", "ids", "subject", "requester"]


@dataclass(frozen=True, slots=True)
class Handover(OnCase):
    """Close a case as out of scope, and send its conversation to the customer's local service team.

    ``why`` is for the team and the desk, never for the customer.
    """

    rule: ClassVar[Rule] = DESK
    why: str = ""


@verb(
    Handover,
    "handover [why]",
    "close the case as out of scope and send all of it to the customer's local service team",
    text=True,
)
def handover(words: Arguments) -> Handover:
    """``handover It is about their contract.``"""
    return Handover(words.case, words.text.strip())


@dataclass(frozen=True, slots=True)
class AskFor(OnCase):
    """Ask the customers for material, and wait for it."""

    rule: ClassVar[Rule] = DESK
    text: str


@verb(
    AskFor,
    "ask what",
    "ask the customer for material, and wait for it; they are reminded",
    aliases=("request",),
    text=True,
)
def ask(words: Arguments) -> AskFor:
    """``ask please send both reports``"""
    return AskFor(words.case, words.needed("text", saying("What do you need? ask please send both reports")))


@dataclass(frozen=True, slots=True)
class Wait(OnCase):
    """Wait for the customer."""

    rule: ClassVar[Rule] = DESK


@verb(Wait, "wait", "wait for the customer: the clocks rest")
def wait(words: Arguments) -> Wait:
    """``wait``"""
    return Wait(words.case)


@dataclass(frozen=True, slots=True)
class Workaround(OnCase):
    """Answer with something that helps for now."""

    rule: ClassVar[Rule] = DESK
    text: str


@verb(Workaround, "workaround text", "answer with what helps for now", text=True)
def workaround(words: Arguments) -> Workaround:
    """``workaround Please use the old report until Monday.``"""
    return Workaround(words.case, words.needed("text", saying("There is no text to send: workaround text")))


@dataclass(frozen=True, slots=True)
class SetField(OnCase):
    """Set a field of a case. A new type empties the category; a requester is a mail address.

    ``category``: of that type, if both were given at once.
    """

    rule: ClassVar[Rule] = DESK
    field: CaseField
    value: str
    category: str = ""


_FIELDS: dict[str, CaseField] = {
    "type": "type",
    "category": "category",
    "id": "ids",
    "ids": "ids",
    "subject": "subject",
    "title": "subject",
    "requester": "requester",
    "customer": "requester",
}
_FIELD = re.compile(r"([a-z]+)[ \t]*[:=]?[ \t]*", re.IGNORECASE)


@verb(SetField, "set type|category|ids|subject|requester: value", "set what the case says of itself")
def set_field(words: Arguments) -> SetField:
    """``set subject: Order no. 4711 has not arrived``"""
    text = words.text.strip()
    match = _FIELD.match(text)
    field = _FIELDS.get(match.group(1).lower()) if match else None
    if match and field:
        value = TO.sub("", text[match.end() :].strip(), count=1)
        return SetField(words.case, field, *_value(field, value, words.lists))
    if number := after_name(text, words.lists.id_names):
        return SetField(words.case, "ids", *_value("ids", text[number:], words.lists))
    raise BadCommand(
        saying("What shall I set? set subject: Order no. 4711 has not arrived"),
        {"field": saying("is unknown")},
    )


@verb(SetField, "type Reporting", "set the case's type")
def set_type(words: Arguments) -> SetField:
    """``type Reporting / Discrepancy``"""
    value = words.text.strip(PAUSE)
    if not value:
        there = ", ".join(words.lists.types)
        why = saying("Which type? There are: {choices}.", choices=there) if there else NO_TYPES
        raise BadCommand(why, {"type": saying("is needed")})
    return SetField(words.case, "type", *_value("type", value, words.lists))


def _value(field: CaseField, value: str, lists: Choices) -> tuple[str, str]:
    """The value as the case keeps it, and the category if it was given with the type."""
    if field == "type":
        return _type_and_category(value, lists)
    if field == "category":
        return _chosen(field, value, lists), ""
    if field == "ids":
        return "\n".join(ids(value, lists.id_names) or value.replace(",", " ").split()), ""
    if field == "requester":
        return _requester(value), ""
    if not value:
        raise BadCommand(
            saying("A case needs a subject: set subject: No delivery"), {"value": saying("is needed")}
        )
    return " ".join(value.split())[:300], ""


def _requester(value: str) -> str:
    address = ADDRESS.search(value[:300])
    if not address:
        raise BadCommand(
            saying("Whose case is it? set requester: ana@example.com"),
            {"value": saying("must be a mail address")},
        )
    return address.group().rstrip(".").lower()


def _type_and_category(value: str, lists: Choices) -> tuple[str, str]:
    """Type and category: ``Delivery / Not delivering``, as a case is shown; or a type alone."""
    kind, slash, category = value.partition("/")
    whole = any(name.casefold() == value.casefold().strip(PAUSE) for name in lists.types)
    if whole or not slash:
        return _chosen("type", value, lists), ""
    return _chosen("type", kind, lists), _chosen("category", category, lists)


NO_TYPES = saying("This desk has no types: an operator writes them into [lists.types] of the config.")
_NONE = {
    "type": "“{word}” is no type. There are: {choices}.",
    "category": "“{word}” is no category. There are: {choices}.",
}


def _chosen(field: str, value: str, lists: Choices) -> str:
    """A choice of the list, in any spelling; a category may be any type's, the desk checks further."""
    choices = list(lists.types) if field == "type" else [name for row in lists.types.values() for name in row]
    choice = next((name for name in choices if name.casefold() == value.casefold().strip(PAUSE)), None)
    if choice is None and value:
        names = ", ".join(dict.fromkeys(choices))
        why = saying(_NONE[field], word=value[:60], choices=names) if names else NO_TYPES
        raise BadCommand(why, {field: saying("is unknown")})
    return choice or ""
