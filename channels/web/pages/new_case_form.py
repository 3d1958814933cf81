"""The form of a new case: its fields become a command."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence

from bot.channel.protocols import LONGEST_ADDRESS
from bot.commands.case import Open
from bot.model.identity import Identity
from bot.model.pages import NewPage
from bot.syntax import fields
from bot.syntax.phone_numbers import name_and_number, phone_number
from channels.text import clean, line, name
from channels.web.pages.forms import LONGEST, UnfitForm

SHORT = ("address", "name", "priority", "subject", "about", "ids", "people", "contact", "feature")
BLANK = dict.fromkeys((*SHORT, "text"), "")
LONGEST_SUBJECT = 150
LONGEST_SHORT = 500
MOST_IDS = MOST_PEOPLE = 20
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}", re.IGNORECASE)


def typed(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Every field there may be, cleaned; what is missing is empty."""
    said = {key: (fields.get(key) or [""])[0] for key in BLANK}
    several = {key: " ".join(said[key].split("\n")) for key in ("ids", "people")}
    return {key: line((said | several)[key]) for key in SHORT} | {"text": clean(said["text"]).strip()}


def about(types: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, str]]:
    """What one choice says of type and category: ``Reporting / Discrepancy``."""
    alone = {kind: (kind, "") for kind in types}
    return alone | {f"{kind} / {one}": (kind, one) for kind, some in types.items() for one in some}


def addresses(said: Mapping[str, str]) -> tuple[str, ...]:
    """Every mail address that was typed, as long as there are not too many."""
    return tuple(one.lower() for one in (said["address"], *_people(said)[:MOST_PEOPLE]) if _is_address(one))


def check(said: Mapping[str, str], page: NewPage, *, barred: Collection[str] = ()) -> None:
    """Raise ``UnfitForm`` with all that is wrong. ``barred``: addresses that nobody can ask for."""
    wrong = {key: "long" for key in SHORT if len(said[key]) > LONGEST_SHORT}
    wrong |= _wrong_words(said) | _wrong_people(said, barred, known=page.reader is not None)
    if said["priority"] not in ("", *page.priorities):
        wrong["priority"] = "choose"
    if said["feature"] not in ("", *page.features):
        wrong["feature"] = "choose"
    if said["about"] not in ("", *about(page.types)):
        wrong["about"] = "choose"
    if wrong:
        raise UnfitForm(**wrong)


def _wrong_words(said: Mapping[str, str]) -> dict[str, str]:
    wrong = {key: "needed" for key in ("subject", "text") if not said[key]}
    if len(said["subject"]) > LONGEST_SUBJECT:
        wrong["subject"] = "long"
    if len(said["text"]) > LONGEST:
        wrong["text"] = "long"
    return wrong


def _wrong_people(said: Mapping[str, str], barred: Collection[str], *, known: bool) -> dict[str, str]:
    wrong = {}
    if not known and (key := _wrong_address(said["address"], barred)):
        wrong["address"] = key
    if said["contact"] and not phone_number(name_and_number(said["contact"])[1]):
        wrong["contact"] = "phone"
    if keys := [key for one in _people(said) if (key := _wrong_address(one, barred))]:
        wrong["people"] = keys[0]
    if len(_people(said)) > MOST_PEOPLE:
        wrong["people"] = "long"
    return wrong


def _wrong_address(text: str, barred: Collection[str]) -> str:
    if not _is_address(text):
        return "address"
    return "check" if text.lower() in barred else ""


def _is_address(text: str) -> bool:
    return len(text) <= LONGEST_ADDRESS and bool(_ADDRESS.fullmatch(text))


def opening(said: Mapping[str, str], page: NewPage) -> Open:
    """The command that a form asks for in which nothing is wrong."""
    kind, category = about(page.types).get(said["about"], ("", ""))
    return Open(
        said["subject"],
        said["text"],
        priority=said["priority"] or None,
        type=kind or None,
        category=category or None,
        ids=_ids(said),
        feature=said["feature"] or None,
        contact=said["contact"],
    )


def asker(said: Mapping[str, str]) -> Identity:
    """Whoever typed an address."""
    return Identity("email", said["address"].lower(), name(said["name"])[:200])


def copied(said: Mapping[str, str]) -> tuple[Identity, ...]:
    """Who else is to be kept informed."""
    return tuple(Identity("email", one.lower()) for one in dict.fromkeys(_people(said)))


def _people(said: Mapping[str, str]) -> list[str]:
    return [one for one in re.split(r"[,;\s]+", said["people"]) if one]


def head(said: Mapping[str, str]) -> str:
    """What a form asks, but for its files, in a word that is another's only if it asks the same."""
    return f"open-{hashlib.sha256(json.dumps(sorted(said.items())).encode()).hexdigest()[:16]}"


def _ids(said: Mapping[str, str]) -> tuple[str, ...]:
    given = [one.strip() for one in re.split(r"[,;]", said["ids"]) if one.strip()]
    named = [found for one in given for found in fields.ids(one) or (one[:60],)]
    return tuple(dict.fromkeys((*named, *fields.ids(f"{said['subject']}\n{said['text']}"))))[:MOST_IDS]
