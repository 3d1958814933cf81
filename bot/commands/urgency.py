"""Commands about urgency: a concern is raised and taken, another priority, a technical contact."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from bot.commands.verb import PAUSE, Arguments, leading, verb
from bot.model.errors import BadCommand
from bot.model.request import OnCase
from bot.model.rule import DESK, PROVEN_PARTY, Rule
from bot.model.translatable import listed, saying
from bot.syntax.fields import level
from bot.syntax.phone_numbers import name_and_number, phone_number

TO = re.compile(r"\A(?:to|as)[ \t]+", re.IGNORECASE)
"""What people write before a value: ``priority to High``."""


@dataclass(frozen=True, slots=True)
class Concern(OnCase):
    """Raise a concern: the owner's manager is told at once. Missing details are asked for."""

    rule: ClassVar[Rule] = PROVEN_PARTY
    phone: str = ""
    category: str = ""
    text: str = ""


@verb(
    Concern,
    "concern [category] [phone]: text",
    "tell the manager of whoever works on the case; with a phone number, you are called back",
    aliases=("escalate",),
    text=True,
)
def concern(words: Arguments) -> Concern:
    """``concern lack of reply +33 1 23 45 67 89: nobody answers``"""
    phone, text = _phone(words.text)
    category, text_after = _category(text.lstrip(PAUSE), words)
    return Concern(words.case, phone, category, text_after.lstrip(PAUSE).rstrip())


_CALL = r"(?:(?:tel|phone|call(?: me)?(?: at| on)?)[.: ]{1,3})?"
_PHONE = re.compile(rf"{_CALL}((?:\+|00)\d[\d ()./-]{{5,24}}\d)", re.IGNORECASE)
_LOCAL_PHONE = re.compile(rf"{_CALL}\(?(0\d[\d ()./-]{{5,20}}\d)", re.IGNORECASE)
_WITHIN = 2000
"""Characters of a text in which a number to call may begin: one far below belongs to what is quoted."""

_USUAL_CONCERNS = {
    "lack_of_reply": ("lack of reply/attention", "lack of reply", "lack of attention", "no reply"),
    "lack_of_resolution": ("no resolution", "not resolved"),
    "repetitive_tasks": ("repetitive",),
    "unclear_resolution": ("unclear",),
    "wrong_reply": ("wrong answer",),
}


def _phone(text: str) -> tuple[str, str]:
    """A phone number, and the text without it.

    An international number anywhere, or one with a leading zero before a colon.
    """
    match = _PHONE.search(text) or _LOCAL_PHONE.search(text.partition(":")[0])
    if not match or match.start() >= _WITHIN or not phone_number(match.group(1)):
        return "", text
    return match.group(1).strip(), (text[: match.start()].rstrip() + text[match.end() :]).strip()


def _category(text: str, words: Arguments) -> tuple[str, str]:
    """The category that a text begins with, and what follows its words."""
    phrases = [
        (phrase, key)
        for key, label in words.lists.concern_categories.items()
        for phrase in (key, key.replace("_", " "), label, *_USUAL_CONCERNS.get(key, ()))
    ]
    phrase, key = leading(text, phrases)
    return key, text[len(phrase) :]


@dataclass(frozen=True, slots=True)
class TakeConcern(OnCase):
    """Take a case's concern, and tell the customer so; ``text`` is for them."""

    rule: ClassVar[Rule] = DESK
    text: str = ""


@verb(
    TakeConcern,
    "acknowledge [text]",
    "take the concern on a case: the customer hears that you have it",
    aliases=("ack",),
    text=True,
)
def acknowledge(words: Arguments) -> TakeConcern:
    """``ack I will call you at three.``"""
    return TakeConcern(words.case, words.text.strip())


@dataclass(frozen=True, slots=True)
class ChangePriority(OnCase):
    """Change a case's priority (a specialist), or ask for it (a customer); ``text`` says why."""

    rule: ClassVar[Rule] = PROVEN_PARTY
    priority: str
    text: str = ""


@verb(
    ChangePriority,
    "priority Critical: why",
    "ask for another priority; the support team decides",
    text=True,
    for_staff="set another priority; the customer is told, with your reason",
)
def priority(words: Arguments) -> ChangePriority:
    """``priority to High: the fair starts tomorrow``"""
    case, text = words.case, TO.sub("", words.text.strip(), count=1)
    spelled = leading(text, [(name, name) for name in words.lists.priorities])[0]
    word = text[: len(spelled)] or re.split(r"[\s:,.!–—-]", text, maxsplit=1)[0]
    wanted = level(word, words.lists)
    if not wanted:
        names = listed(*map(saying, words.lists.priorities))
        raise BadCommand(
            saying(
                "“{word}” is no priority. There are: {known}." if word else "Which? There are: {known}.",
                word=word[:40],
                known=names,
            ),
            {"priority": saying("is unknown")},
        )
    return ChangePriority(case, wanted, text[len(word) :].strip(PAUSE))


@dataclass(frozen=True, slots=True)
class DecidePriority(OnCase):
    """Grant or decline what a customer asked for; ``text`` says why."""

    rule: ClassVar[Rule] = DESK
    granted: bool
    text: str = ""
    wanted: str = ""
    """What was asked for when they decided; empty: whatever is asked for now."""


@verb(DecidePriority, "grant why", "give the case the priority that its customer asked for", text=True)
def grant(words: Arguments) -> DecidePriority:
    """``grant It is their launch.``"""
    return DecidePriority(words.case, True, words.text.strip())


@verb(DecidePriority, "decline why", "leave its priority as it is, and tell the customer why", text=True)
def decline(words: Arguments) -> DecidePriority:
    """``decline There is a workaround.``"""
    return DecidePriority(words.case, False, words.text.strip())


@dataclass(frozen=True, slots=True)
class NameContact(OnCase):
    """Name the person who can always be reached about a Blocker; no ``name``: the asker."""

    rule: ClassVar[Rule] = PROVEN_PARTY
    phone: str
    name: str = ""


@verb(NameContact, "contact [name] phone", "name the technical contact, who can always be reached")
def contact(words: Arguments) -> NameContact:
    """``contact Ana Silva +33 1 23 45 67 89``"""
    name, number = name_and_number(words.text)
    return NameContact(words.case, number or name, name if number else "")
