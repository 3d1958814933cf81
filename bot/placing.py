"""Placing: which case a message belongs to, what its sender may do there, and so what it asks of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot import grammar
from bot.channel import Inbound, Letter
from bot.commands import (
    Attach,
    Command,
    Help,
    Identity,
    Keep,
    My,
    Note,
    Open,
    Proof,
    Reply,
    Request,
    Said,
    Search,
    Unclear,
)
from bot.config import Config
from bot.grammar import label
from bot.links import INTERNAL, Links, ReplyToken
from bot.refusals import BadCommand
from store import case as cases
from store import conversation, people
from store.people import Person
from store.transaction import Transaction

_NOWHERE = (My, Help, Search)


@dataclass(frozen=True, slots=True)
class Aside:
    """A message that asks nothing of the desk: it is kept in the inbox, with the reason."""

    reason: str
    case: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message belongs. No case: a new one, ``linked`` to the one it mentions, if any."""

    case: int | None
    proof: Proof
    evidence: tuple[str, ...]
    audience: str = "public"
    right: bool = False
    """The sender may speak on the case."""
    linked: int | None = None


class Placing:
    """Follows a message's anchors in order; the first that leads to a case decides."""

    def __init__(self, config: Config, links: Links) -> None:
        self._config = config
        self._links = links

    def place(self, tx: Transaction, letter: Letter, message: Inbound, *, now: datetime) -> Request | Aside:
        """The request a message makes, or why it makes none."""
        sender = message.sender or Identity(letter.source, "unknown sender")
        person = people.find(tx, sender.channel, sender.address)
        place = self._place(tx, message, person, now=now)
        if message.verdict.bounce:
            return Aside("a report about mail of ours", place.case)
        if message.verdict.reply and place.case is None:
            return Aside("an automatic reply that leads to no case")
        commands, words = self._commands(message, place, staff=bool(person and person.staff))
        mailbox = message.mailbox or self._config.mailboxes[0].address
        return Request(
            source=letter.source,
            key=letter.key,
            asker=sender,
            proof=place.proof,
            commands=commands,
            words=words,
            proven_on=place.case,
            at=letter.received_at,
            said=_said(letter, message),
            mailbox=mailbox,
            explicit=any(words) or _kept_from_staff(commands, person),
            may_answer=message.verdict.may_answer,
            language=message.language,
            evidence=(*message.evidence, *message.verdict.evidence, *place.evidence),
        )

    def cases(self, tx: Transaction, anchors: dict[int, tuple[str, ...]]) -> dict[int, list[int]]:
        """``{letter: cases}`` that anchors may lead to, for what we said there; no right is implied."""
        every = [value for values in anchors.values() for value in values]
        known = conversation.follow(tx, every) if every else {}
        return {
            letter: [case for value in values if (case := self._ours(value) or known.get(_bare(value)))]
            for letter, values in anchors.items()
        }

    def _ours(self, value: str) -> int | None:
        found = self._links.read_message_id(value)
        return found[0] if found and found[0] else None

    def _place(self, tx: Transaction, message: Inbound, person: Person | None, *, now: datetime) -> Place:
        ids = [anchor.value for anchor in message.anchors if anchor.kind in ("ours", "id")]
        known = conversation.follow(tx, ids) if ids else {}
        mentioned: int | None = None
        for anchor in message.anchors:
            place = None
            if anchor.kind == "token":
                token = self._links.read_reply_token(anchor.value, now=now)
                place = self._by_token(tx, token, message, person) if token else None
            elif anchor.kind == "tag":
                place = self._by_right(tx, int(anchor.value), message, person, "the number in the subject")
                mentioned = mentioned or (int(anchor.value) if cases.get(tx, int(anchor.value)) else None)
            else:
                place = self._by_id(tx, anchor.value, known, message, person)
                mentioned = mentioned or known.get(_bare(anchor.value))
            if place is not None:
                return place
        return Place(None, message.proof, _mentions(mentioned), linked=mentioned)

    def _by_token(
        self, tx: Transaction, token: ReplyToken, message: Inbound, person: Person | None
    ) -> Place | None:
        if cases.get(tx, token.case) is None:
            return None
        if (
            message.proof >= Proof.PLAUSIBLE
            and person
            and person.id == token.person
            and _reaches(tx, token, person)
        ):
            why = ("came to a reply address of ours, issued to its sender",)
            return Place(token.case, Proof.PROVEN, why, audience=token.audience, right=True)
        right = self._by_right(tx, token.case, message, person, "a reply address of ours")
        why = ("came to a reply address of ours that was issued to somebody else or not proven",)
        return right or Place(token.case, message.proof, why)

    def _by_id(
        self, tx: Transaction, value: str, known: dict[str, int], message: Inbound, person: Person | None
    ) -> Place | None:
        ours = self._ours(value)
        if ours is not None and cases.get(tx, ours):
            right = self._by_right(tx, ours, message, person, "an answer to a mail of ours")
            return right or Place(ours, message.proof, ("answers a mail of ours, from somebody unproven",))
        case = known.get(_bare(value))
        return self._by_right(tx, case, message, person, "an earlier mail of this thread") if case else None

    def _by_right(
        self, tx: Transaction, case: int, message: Inbound, person: Person | None, how: str
    ) -> Place | None:
        """The case, if the sender takes part in it and is at least plausible."""
        if message.proof < Proof.PLAUSIBLE or person is None:
            return None
        if cases.part(tx, case, person.id) not in ("requester", "collaborator"):
            return None
        return Place(case, message.proof, (f"belongs to {label(case)} by {how}",), right=True)

    def _commands(
        self, message: Inbound, place: Place, *, staff: bool
    ) -> tuple[tuple[Command, ...], tuple[str, ...]]:
        text = "\n".join(part.text for part in message.parts if part.kind == "new").strip()
        if not message.verdict.activity:
            return (self._without_effect(message, place, text),), ()
        if place.case is not None and not place.right:
            return (Keep(place.case, text, "unverified"),), ()
        if place.proof < Proof.PLAUSIBLE:
            return (Open(message.subject, text, linked=place.linked),), ()
        found = grammar.find(text)
        asked = [self._asked(item, place.case) for item in found.asked]
        body = self._body(
            message, place, found.rest.strip(), asked=[command for command, _ in asked], staff=staff
        )
        commands = (*body, *(command for command, _ in asked))
        return commands, (*("" for _ in body), *(words for _, words in asked))

    def _asked(self, item: grammar.Asked | grammar.Unclear, case: int | None) -> tuple[Command, str]:
        if isinstance(item, grammar.Unclear):
            return Unclear(item.line, item.why), item.line
        try:
            return grammar.command(item, case, self._config.lists), item.line
        except BadCommand as refusal:
            return Unclear(item.line, str(refusal)), item.line

    def _body(
        self, message: Inbound, place: Place, text: str, *, asked: list[Command], staff: bool
    ) -> tuple[Command, ...]:
        """What the words besides the commands ask for."""
        files = any(not file.inline for file in message.attachments)
        if place.case is None:
            alone = asked and not text and not files
            return () if alone else (self._open(message, place, text),)
        if not text and (asked or files):
            return (Attach(place.case),) if files else ()
        # A command that went wrong may have been #note: what follows it is not for the customer's eyes.
        mistaken = staff and any(isinstance(command, Unclear) for command in asked)
        if place.audience == INTERNAL or mistaken:
            return (Note(place.case, text),)
        return (Reply(place.case, text),)

    def _open(self, message: Inbound, place: Place, text: str) -> Open:
        told, rest = grammar.fields(text, self._config.lists)
        found = grammar.ids(f"{message.subject}\n{rest}")
        return Open(
            subject=message.subject,
            text=rest or _forwarded(message),
            priority=told.get("priority"),
            type=told.get("type"),
            category=told.get("category"),
            ids=tuple(dict.fromkeys((*told.get("ids", ()), *found))),
            copied=message.copied,
            linked=place.linked,
        )

    def _without_effect(self, message: Inbound, place: Place, text: str) -> Command:
        if place.case is not None:
            return Keep(place.case, text, "automatic" if place.right else "unverified")
        return Open(message.subject, text, linked=place.linked, automatic=True)


def _reaches(tx: Transaction, token: ReplyToken, person: Person) -> bool:
    """A token outlives its reason: staff must still be staff, customers still take part."""
    return person.staff or cases.part(tx, token.case, person.id) in ("requester", "collaborator")


def _kept_from_staff(commands: tuple[Command, ...], person: Person | None) -> bool:
    """A specialist's answer that was not sent must not look sent: it gets a transcript."""
    return bool(person and person.staff and any(isinstance(command, Keep) for command in commands))


def _forwarded(message: Inbound) -> str:
    """What a mail without words of its own passes on: shown, but never searched for commands."""
    return "\n".join(part.text for part in message.parts if part.kind == "quoted").strip()


def _mentions(case: int | None) -> tuple[str, ...]:
    return (f"mentions {label(case)}, in which its sender takes no part",) if case else ()


def _bare(value: str) -> str:
    return conversation.bare(value)


def _said(letter: Letter, message: Inbound) -> Said:
    return Said(
        text="\n".join(part.text for part in message.parts if part.kind == "new"),
        parts=message.parts,
        attachments=message.attachments,
        subject=message.subject,
        message_id=message.message_id,
        references=message.references,
        inbox=letter.id,
    )
