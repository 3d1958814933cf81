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
from bot.syntax.ids import ids_of_form
from bot.syntax.phone_numbers import name_and_number, phone_number
from channels.text import clean, line, name
from channels.web.pages.forms import LONGEST, UnfitForm

SHORT = ("address", "name", "priority", "subject", "about", "ids", "people", "contact", "feature")
BLANK = dict.fromkeys((*SHORT, "text"), "")
LONGEST_SUBJECT = 150
LONGEST_SHORT = 500
MOST_PEOPLE = 20
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}")


def typed(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """All possible fields, cleaned; missing ones are empty."""
    values = {key: (fields.get(key) or [""])[0] for key in BLANK}
    several = {key: " ".join(values[key].split("\n")) for key in ("ids", "people")}
    return {key: line((values | several)[key]) for key in SHORT} | {"text": clean(values["text"]).strip()}


def about(types: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, str]]:
    """Type and category of each choice: ``Reporting / Discrepancy``."""
    alone = {kind: (kind, "") for kind in types}
    return alone | {
        f"{kind} / {category}": (kind, category)
        for kind, categories in types.items()
        for category in categories
    }


def addresses(values: Mapping[str, str]) -> tuple[str, ...]:
    """Every typed mail address, if there are not too many."""
    typed = (values["address"], *_people(values)[:MOST_PEOPLE])
    return tuple(address for text in typed if (address := mail_address(text)))


def check(values: Mapping[str, str], page: NewPage, *, barred: Collection[str] = ()) -> None:
    """Raise ``UnfitForm`` with all problems. ``barred``: addresses that nobody may use."""
    wrong = {key: "long" for key in SHORT if len(values[key]) > LONGEST_SHORT}
    wrong |= _wrong_words(values) | _wrong_people(values, barred, by_link=page.reader is not None)
    if values["priority"] not in ("", *page.priorities):
        wrong["priority"] = "choose"
    if values["feature"] not in ("", *page.features):
        wrong["feature"] = "choose"
    if values["about"] not in ("", *about(page.types)):
        wrong["about"] = "choose"
    if wrong:
        raise UnfitForm(**wrong)


def _wrong_words(values: Mapping[str, str]) -> dict[str, str]:
    wrong = {key: "needed" for key in ("subject", "text") if not values[key]}
    if len(values["subject"]) > LONGEST_SUBJECT:
        wrong["subject"] = "long"
    if len(values["text"]) > LONGEST:
        wrong["text"] = "long"
    return wrong


def _wrong_people(values: Mapping[str, str], barred: Collection[str], *, by_link: bool) -> dict[str, str]:
    wrong = {}
    if not by_link and (key := _wrong_address(values["address"], barred)):
        wrong["address"] = key
    if values["contact"] and not phone_number(name_and_number(values["contact"])[1]):
        wrong["contact"] = "phone"
    if keys := [key for address in _people(values) if (key := _wrong_address(address, barred))]:
        wrong["people"] = keys[0]
    if len(_people(values)) > MOST_PEOPLE:
        wrong["people"] = "long"
    return wrong


def _wrong_address(text: str, barred: Collection[str]) -> str:
    address = mail_address(text)
    if not address:
        return "address"
    return "check" if address in barred else ""


def mail_address(text: str) -> str:
    """The one mail address that somebody typed, as mail has it; ``""`` if it is none, or more than that."""
    local, _, domain = text.lower().rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:  # as no domain can be
        return ""
    address = f"{local}@{domain}"
    return address if len(address) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(address) else ""


def opening(values: Mapping[str, str], page: NewPage) -> Open:
    """The command of a form without problems."""
    kind, category = about(page.types).get(values["about"], ("", ""))
    return Open(
        values["subject"],
        values["text"],
        priority=values["priority"] or None,
        type=kind or None,
        category=category or None,
        ids=ids_of_form(values["ids"], f"{values['subject']}\n{values['text']}", page.id_names),
        feature=values["feature"] or None,
        contact=values["contact"],
    )


def asker(values: Mapping[str, str]) -> Identity:
    """The person who typed an address."""
    return Identity("email", mail_address(values["address"]), name(values["name"])[:200])


def copied(values: Mapping[str, str]) -> tuple[Identity, ...]:
    """The people who are to be kept informed."""
    return tuple(Identity("email", address.lower()) for address in dict.fromkeys(_people(values)))


def _people(values: Mapping[str, str]) -> list[str]:
    return [address for address in re.split(r"[,;\s]+", values["people"]) if address]


def head(values: Mapping[str, str]) -> str:
    """A digest of what a form asks, except its files: equal only for forms that ask the same."""
    return f"open-{hashlib.sha256(json.dumps(sorted(values.items())).encode()).hexdigest()[:16]}"
