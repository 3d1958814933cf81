"""Commands about people: who follows a case, who owns it, and who is one and the same person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from bot.commands.verb import ADDRESS, Arguments, verb
from bot.model.errors import BadCommand
from bot.model.identity import Identity
from bot.model.mail_address import with_channel
from bot.model.request import Command, OnCase
from bot.model.rule import CONTACT, DESK, REQUESTER, Rule
from bot.model.translatable import saying


@dataclass(frozen=True, slots=True)
class AddPerson(OnCase):
    """Add a collaborator, by a mail address or ``CHANNEL:ADDRESS``."""

    rule: ClassVar[Rule] = REQUESTER
    address: str
    name: str = ""
    """Where the address tells nobody anything."""


@verb(AddPerson, "add mail-address", "let somebody follow the case", aliases=("collab add",))
def add(words: Arguments) -> AddPerson:
    """``add ana@example.com``, or a colleague whom a chat mentions (``mention``)"""
    return AddPerson(words.case, *_one_person(words))


@dataclass(frozen=True, slots=True)
class RemovePerson(OnCase):
    """Remove a collaborator."""

    rule: ClassVar[Rule] = REQUESTER
    address: str


@verb(RemovePerson, "remove mail-address", "stop telling somebody about the case", aliases=("collab remove",))
def remove(words: Arguments) -> RemovePerson:
    """``remove ana@example.com``, or as with ``add``"""
    return RemovePerson(words.case, _one_person(words)[0])


def _one_person(words: Arguments) -> tuple[str, str]:
    """The address of the one person who is named, and their name where it tells nobody anything.

    By a mail address, or as their channel mentions them: an address of a chat that is typed names nobody.
    """
    people, remainder = _mentioned(words)
    people |= {address.rstrip(".").lower(): "" for address in ADDRESS.findall(remainder)}
    if len(people) != 1:
        question = (
            "One person on each line, please: {verb} ana@example.com"
            if people
            else "Whom? One mail address is needed: {verb} ana@example.com"
        )
        raise BadCommand(saying(question, verb=words.verb), {"address": saying("must be one mail address")})
    return people.popitem()


def _mentioned(words: Arguments) -> tuple[dict[str, str], str]:
    """The addresses and names of those who are mentioned, and the words without them."""
    people, remainder = {}, words.text[:2000]
    for someone in words.mentioned:
        written = with_channel(someone.channel, someone.address)
        remainder, count = re.subn(rf"(?<![\w:/]){re.escape(written)}(?!\w)(?: \([^()]*\))?", " ", remainder)
        if count:
            people[written] = someone.name
    return people, remainder


def mention(someone: Identity) -> str:
    """Somebody as the words behind ``add`` and ``remove`` mention them: ``pager:T1/U2 (Ana Lima)``."""
    return f"{with_channel(someone.channel, someone.address)} ({someone.name})"


@dataclass(frozen=True, slots=True)
class Take(OnCase):
    """Become the owner; ``free``: only if nobody is, as a list said when it was drawn."""

    rule: ClassVar[Rule] = DESK
    free: bool = False


@verb(Take, "take", "become the owner of the case")
def take(words: Arguments) -> Take:
    """``take``"""
    return Take(words.case)


@dataclass(frozen=True, slots=True)
class Release(OnCase):
    """Give a case back that the asker has taken."""

    rule: ClassVar[Rule] = DESK


@verb(Release, "release", "give the case back, for somebody else to take")
def release(words: Arguments) -> Release:
    """``release``"""
    return Release(words.case)


@dataclass(frozen=True, slots=True)
class Assign(OnCase):
    """Make somebody else the owner: a staff member's mail address or name."""

    rule: ClassVar[Rule] = DESK
    to: str


@verb(Assign, "assign mail-address", "make somebody else the owner")
def assign(words: Arguments) -> Assign:
    """``assign to bob@example.com``"""
    case, to = words.case, words.needed("to", saying("To whom? assign bob@example.com")).removeprefix("to ")
    address = ADDRESS.search(to[:200])
    return Assign(case, address.group().rstrip(".").lower() if address else to.removeprefix("@"))


@dataclass(frozen=True, slots=True)
class OfferJoin(Command):
    """Mail a link to ``mail`` that joins the asker with the contact who has that address."""

    rule: ClassVar[Rule] = CONTACT
    mail: str


@dataclass(frozen=True, slots=True)
class AcceptJoin(Command):
    """Join the asker, whose mail address a link has proven, with the contact that the link names."""

    rule: ClassVar[Rule] = CONTACT
    other: int
    """The id of a person."""


@dataclass(frozen=True, slots=True)
class JoinContacts(Command):
    """Join the contact with a mail address and the one at ``CHANNEL:ADDRESS``."""

    rule: ClassVar[Rule] = DESK
    mail: str
    address: str


_CHAT_ADDRESS = re.compile(r"\b[a-z]+:[^\s,;]+", re.IGNORECASE)


@verb(
    JoinContacts,
    "join mail-address channel:address",
    "make one person of a contact who writes by mail and in a chat",
)
def join(words: Arguments) -> JoinContacts:
    """``join ana@example.com pager:T1/U2``"""
    mail, chat = ADDRESS.search(words.text[:600]), _CHAT_ADDRESS.search(words.text[:600])
    if not mail or not chat:
        raise BadCommand(
            saying(
                "Whom shall I join? A mail address and an address in a chat are needed, as casebot people list has "
                "them."
            ),
            {"address": saying("is needed")},
        )
    return JoinContacts(mail.group().rstrip(".").lower(), chat.group().lower())
