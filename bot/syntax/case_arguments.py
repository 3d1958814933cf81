"""Arguments of the verbs that set a case's priority, state and fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.commands import Command, urgency, work
from bot.model.errors import BadCommand
from bot.model.translatable import saying
from bot.syntax.fields import Choices, ids, level
from bot.syntax.phone_numbers import name_and_number

QUEUES = ("unassigned", "mine", "concerns")
_PAUSE = " \t,.;:!–—-\n"
_FIELDS = {
    "type": "type",
    "category": "category",
    "id": "ids",
    "ids": "ids",
    "deal id": "ids",
    "deal ids": "ids",
    "subject": "subject",
    "title": "subject",
    "requester": "requester",
    "customer": "requester",
}
_FIELD = re.compile(r"(deal ids?|[a-z]+)[ \t]*[:=]?[ \t]*", re.IGNORECASE)
_TO = re.compile(r"\A(?:to|as)[ \t]+", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s<>@,;:|\"()]+@[^\s<>@,;:|\"()]+\.[^\s<>@,;:|\"()]+")


def _priority(case: int, text: str, lists: Choices) -> Command:
    text = _TO.sub("", text.strip(), count=1)
    listed = sorted((one for one in lists.priorities if _begins(text, one)), key=len)
    size = len(listed[-1]) if listed else len(re.split(r"[\s:,.!–—-]", text, maxsplit=1)[0])
    word, rest = text[:size], text[size:]
    wanted = level(word, lists)
    if not wanted:
        known = ", ".join(lists.priorities)
        raise BadCommand(
            saying(
                "“{word}” is no priority. There are: {known}." if word else "Which? There are: {known}.",
                word=word[:40],
                known=known,
            ),
            {"priority": "is unknown"},
        )
    return urgency.ChangePriority(case, wanted, rest.strip(_PAUSE))


def _begins(text: str, words: str) -> bool:
    """Does a text begin with these words, and not with a longer one?"""
    return text.lower().startswith(words.lower()) and not text[len(words) : len(words) + 1].isalnum()


def _grant(case: int, text: str, lists: Choices) -> Command:
    return urgency.DecidePriority(case, True, text.strip())


def _decline(case: int, text: str, lists: Choices) -> Command:
    return urgency.DecidePriority(case, False, text.strip())


def _contact(case: int, text: str, lists: Choices) -> Command:
    name, number = name_and_number(text)
    return urgency.NameContact(case, number or name, name if number else "")


def _ask(case: int, text: str, lists: Choices) -> Command:
    if not text.strip():
        raise BadCommand("What do you need? ask please send both reports", {"text": "is needed"})
    return work.AskFor(case, text.strip())


def _wait(case: int, text: str, lists: Choices) -> Command:
    return work.Wait(case)


def _workaround(case: int, text: str, lists: Choices) -> Command:
    if not text.strip():
        raise BadCommand("There is no text to send: workaround text", {"text": "is needed"})
    return work.Workaround(case, text.strip())


def _acknowledge(case: int, text: str, lists: Choices) -> Command:
    return urgency.TakeConcern(case, text.strip())


def _set(case: int, text: str, lists: Choices) -> Command:
    found = _FIELD.match(text.strip())
    field = _FIELDS.get(found.group(1).lower(), "") if found else ""
    if not found or not field:
        raise BadCommand("What shall I set? set subject: No delivery on deal 12333", {"field": "is unknown"})
    return _set_to(case, field, _TO.sub("", text.strip()[found.end() :].strip(), count=1), lists)


def _type(case: int, text: str, lists: Choices) -> Command:
    if not text.strip(_PAUSE):
        raise BadCommand(f"Which type? There are: {', '.join(lists.types)}.", {"type": "is needed"})
    return _set_to(case, "type", text.strip(_PAUSE), lists)


def _set_to(case: int, field: Any, value: str, lists: Choices) -> Command:
    category = ""
    if field == "type":
        value, category = _type_and_category(value, lists)
    elif field == "category":
        value = _chosen(field, value, lists)
    elif field == "ids":
        value = "\n".join(ids(value) or value.replace(",", " ").split())
    elif field == "requester":
        address = _ADDRESS.search(value[:300])
        if not address:
            raise BadCommand(
                "Whose case is it? set requester: ana@example.com", {"value": "must be a mail address"}
            )
        value = address.group().rstrip(".").lower()
    elif not value:
        raise BadCommand("A case needs a subject: set subject: No delivery", {"value": "is needed"})
    value = " ".join(value.split())[:300] if field == "subject" else value
    return work.SetField(case, field, value, category=category)


def _type_and_category(value: str, lists: Choices) -> tuple[str, str]:
    """``Delivery / Not delivering``, as a case is shown, else a type alone."""
    kind, slash, category = value.partition("/")
    whole = any(one.casefold() == value.casefold().strip(_PAUSE) for one in lists.types)
    if whole or not slash:
        return _chosen("type", value, lists), ""
    return _chosen("type", kind, lists), _chosen("category", category, lists)


def _chosen(field: str, value: str, lists: Choices) -> str:
    """One of the list, however it is written; a category may be one of any type, the desk looks further."""
    known = list(lists.types) if field == "type" else [one for row in lists.types.values() for one in row]
    found = next((one for one in known if one.casefold() == value.casefold().strip(_PAUSE)), None)
    if found is None and value:
        known = list(dict.fromkeys(known))
        raise BadCommand(
            f"“{value[:60]}” is no {field}. There are: {', '.join(known)}.", {field: "is unknown"}
        )
    return found or ""


def queue(text: str, lists: Choices) -> Command:
    """What there is to do."""
    which = text.strip(" .").lower()
    if which and which not in QUEUES:
        raise BadCommand(
            f"“{which[:40]}” is no queue. There are: {', '.join(QUEUES)}.", {"which": "is unknown"}
        )
    return urgency.Queue(which)


ON_CASE: Mapping[str, Callable[[int, str, Choices], Command]] = {
    "priority": _priority,
    "grant": _grant,
    "decline": _decline,
    "contact": _contact,
    "ask": _ask,
    "wait": _wait,
    "workaround": _workaround,
    "set": _set,
    "type": _type,
    "acknowledge": _acknowledge,
}
