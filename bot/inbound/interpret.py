"""Interpretation: which commands a message makes, once it is known where it belongs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from bot.channel.protocols import Inbound, Original
from bot.commands import catalogue, parser
from bot.commands.browse import Unclear
from bot.commands.case import Attach, Keep, Missed, Note, Open, Reply, SeekCase
from bot.commands.dispatch import Edit
from bot.commands.parser import FoundCommands
from bot.commands.triage import OpenFor
from bot.config.choices import ListsSection
from bot.inbound.route import Route
from bot.links.tokens import INTERNAL
from bot.model.errors import BadCommand
from bot.model.identity import Proof
from bot.model.message import Part
from bot.model.request import OPENED, Command
from bot.model.translatable import saying
from bot.syntax import fields, greetings
from bot.syntax.case_numbers import ParsedCommand
from bot.syntax.ids import ids as ids_in


@dataclass(frozen=True, slots=True)
class Asks:
    """The commands of a message in order, each with the words that were written (none for plain text)."""

    commands: tuple[Command, ...]
    words: tuple[str, ...] = ()
    explicit: bool = False
    """To be answered with a transcript."""


def asks(
    message: Inbound,
    lists: ListsSection,
    route: Route,
    *,
    staff: bool,
    withheld: bool,
) -> Asks:
    """The commands that the message gives.

    ``withheld``: it went to a note address, and to one for customers too.
    """
    case = route.case
    interpreter = _Interpreter(message, lists, route, staff=staff, withheld=withheld)
    if case is None and not message.opens:
        return interpreter.only_commands()
    if not message.verdict.activity:
        return interpreter.without_effect()
    if case is not None and not route.right:
        # A specialist's answer that was not sent must not look sent.
        keep = Keep(case, interpreter.text, "unverified")
        return Asks((keep,), ("your mail",), explicit=staff and route.proof >= Proof.PLAUSIBLE)
    if case is None and staff and message.forwarded and route.proof >= Proof.PLAUSIBLE:
        return interpreter.passed_on(message.forwarded)
    if route.proof < Proof.PLAUSIBLE:
        return Asks((Open(message.subject, interpreter.text or _forwarded(message), linked=route.linked),))
    return interpreter.all()


def resolved(message: Inbound, *, held: bool) -> Inbound:
    """Return the message with its doubtful parts as what they are in this place.

    A specialist's are ``held``: they may be of an internal message. A customer's inserted text is new, and unsure
    text is folded.
    """
    return message if held else replace(message, parts=tuple(map(_resolved, message.parts)))


def _resolved(part: Part) -> Part:
    if part.kind == "inserted":
        return Part("new", "\n".join(line.removeprefix("> ") for line in part.text.split("\n")))
    return replace(part, kind="folded") if part.kind == "unsure" else part


class _Interpreter:
    """Makes commands of one message."""

    def __init__(
        self,
        message: Inbound,
        lists: ListsSection,
        route: Route,
        *,
        staff: bool,
        withheld: bool,
    ) -> None:
        self.text = "\n".join(part.text for part in message.parts if part.kind == "new").strip()
        doubtful = (part.text for part in message.parts if part.kind in ("inserted", "unsure"))
        self._held = "\n".join(doubtful).strip()
        """Text of a specialist that may quote an internal message; it is not sent to customers."""
        if self._held and all(map(greetings.mere, self.text.split("\n"))):
            self.text, self._held = "", f"{self.text}\n{self._held}".strip()
        self._message = message
        self._lists = lists
        self._case = route.case
        self._linked = route.linked
        self._right = route.right
        self._staff = staff
        self._inward = route.audience == INTERNAL or (staff and message.inward)
        """Do its words stay with the desk?"""
        self._withheld = withheld and staff
        self._outdated = route.outdated

    def without_effect(self) -> Asks:
        """The commands of a machine's message, without those that would change a case."""
        if self._case is not None:
            why: Literal["automatic", "unverified"] = "automatic" if self._right else "unverified"
            message, away = self._message, self._message.verdict.away_until
            if self._right and self._staff and message.change == "heard" and message.original:
                edit = Edit(self._case, self.text, message.original, message.anew, message.mentioned)
                return Asks((edit,))
            original = message.original if message.change else ""
            keep = Keep(
                self._case, self.text, why, inward=self._inward, change=message.change, away_until=away,
                original=original,
            )  # fmt: skip
            return Asks((keep,))
        return Asks((Open(self._message.subject, self.text, linked=self._linked, automatic=True),))

    def passed_on(self, original: Original) -> Asks:
        """Commands of a message that a specialist forwards: a case for its author, if it names one."""
        words = f"Fwd: {self._message.subject}"
        if original.sender is None:
            return Asks((self._open(self.text), Unclear(words, WHOSE)), ("", words), explicit=True)
        values, note = fields.fields(original.above, self._lists)
        opened = OpenFor(
            original.sender,
            subject=original.subject or self._message.subject,
            text=original.text,
            note=note.strip(),
            message_id=original.message_id,
            priority=values.get("priority"),
            type=values.get("type"),
            category=values.get("category"),
            feature=values.get("feature"),
            ids=tuple(
                dict.fromkeys((*values.get("ids", ()), *self._ids(f"{original.subject}\n{original.text}")))
            ),
        )
        return Asks((opened,), (words,), explicit=True)

    def only_commands(self) -> Asks:
        """Commands of a message that leads to no case and may open none."""
        parsed = self._find_commands()
        if parsed.asked:
            commands, words = zip(*(self._asked(item, self._case) for item in parsed.asked), strict=True)
            return Asks(commands, words, explicit=True)
        sought = SeekCase(self.text, alone=self._message.alone, offered=not self._message.addressed)
        return Asks((sought,) if self._message.addressed or self._message.offers else ())

    def _find_commands(self) -> FoundCommands:
        if not self._message.prefix:
            return FoundCommands((), self.text)
        if self._message.prefix == "!":
            return parser.begin(self.text, "!")
        return parser.find(self.text, swallow=not self._inward, id_names=self._lists.id_names)

    def all(self) -> Asks:
        """All commands: plain words first, then the command lines."""
        parsed = self._find_commands()
        opens = self._case is None and bool(parsed.rest.strip() or self._files(parsed))
        asked = [self._asked(item, OPENED if opens else self._case) for item in parsed.asked]
        if self._staff and self._case is not None and _STRAY_NOTE.search(parsed.rest):
            asked.append((Unclear("#note", STRAY), "#note"))
        # a command that takes all files; without a command the rest of the message counts
        whole = bool(asked) and self._message.prefix == "!" and not parsed.rest
        asked += self._missed()
        text = self.text if self._outdated and (opens or self._case is not None) else parsed.rest
        body = () if whole else self._body(replace(parsed, rest=text), [command for command, _ in asked])
        if self._held and self._case is not None:
            body = (*body, Note(self._case, self._held))
            asked.append((Unclear("your mail", HELD), "your mail"))
        if not body and not asked:
            asked.append((Unclear("your mail", EMPTY), "your mail"))
        if body and self._withheld:
            asked.append((Unclear("your mail", WITHHELD), "your mail"))
        pairs = [*((command, "") for command in body), *asked]
        if self._staff and self._case is not None:
            # the files of a message go with its first words: rather with a note than to a customer
            pairs.sort(key=lambda pair: not isinstance(pair[0], Note))
        commands, words = zip(*pairs, strict=True)
        return Asks(commands, words, explicit=bool(asked))

    def _missed(self) -> list[tuple[Command, str]]:
        """A line about attachments that were lost on the way, so that the sender is told."""
        names = self._message.missed
        return [(Missed(self._case, names), ", ".join(names))] if names and self._case is not None else []

    def _asked(self, item: ParsedCommand | parser.UnclearLine, case: int | None) -> tuple[Command, str]:
        if self._outdated:
            return Unclear(item.line, self._outdated), item.line
        if isinstance(item, parser.UnclearLine):
            return Unclear(item.line, item.why), item.line
        try:
            mentioned = self._message.mentioned
            return catalogue.command(self._meant(item), case, self._lists, mentioned), item.line
        except BadCommand as refusal:
            return Unclear(item.line, refusal.said), item.line

    def _meant(self, item: ParsedCommand) -> ParsedCommand:
        """The line as it is meant: ``!reply`` with a screenshot and no words sends the screenshot."""
        files = self._message.prefix == "!" and self._message.attachments
        return parser.beside_files(item) if files else item

    def _body(self, parsed: FoundCommands, asked: list[Command]) -> tuple[Command, ...]:
        """The commands that words and files ask for, apart from the command lines."""
        text, files = parsed.rest.strip(), self._files(parsed)
        if self._case is None:
            return (self._open(text),) if text or files or not asked else ()
        if not text and not files:
            return () if asked or self._staff else (Reply(self._case, ""),)
        if self._inward or (self._staff and any(isinstance(command, Unclear) for command in asked)):
            return (Note(self._case, text),)  # it was perhaps meant for the desk only
        takes = (Attach, Note) if self._staff else (Attach,)
        if not text and any(isinstance(command, takes) for command in asked):
            return ()  # the files belong to that
        original = self._message.original
        return (Reply(self._case, text, original),) if text else (Attach(self._case, original),)

    def _files(self, parsed: FoundCommands) -> bool:
        """Has the message files? Inline pictures count only if there is no text."""
        alone = not parsed.rest.strip() and not parsed.asked
        return any(alone or not file.inline for file in self._message.attachments)

    def _ids(self, text: str) -> tuple[str, ...]:
        return ids_in(text, self._lists.id_names)

    def _open(self, text: str) -> Open:
        values, body = fields.fields(text, self._lists)
        ids = self._ids(f"{self._message.subject}\n{body}")
        return Open(
            subject=self._message.subject,
            text=body or _forwarded(self._message),
            priority=values.get("priority"),
            type=values.get("type"),
            category=values.get("category"),
            feature=values.get("feature"),
            ids=tuple(dict.fromkeys((*values.get("ids", ()), *ids))),
            linked=self._linked,
        )


def _forwarded(message: Inbound) -> str:
    """The forwarded text of a mail without words of its own: shown, never searched for commands."""
    return "\n".join(part.text for part in message.parts if part.kind in ("quoted", "folded")).strip()


_STRAY_NOTE = re.compile(
    r"^(?:[^\w\n#\uff03>|]|_){0,40}[#\uff03](?:[^\w\n]|_){0,5}note(?![^\W_])", re.IGNORECASE | re.MULTILINE
)
"""Also behind a bullet, in bold (``*#note*``) or behind characters that nobody sees."""
WHOSE = saying(
    "It does not say who wrote what you forward, so the case is your own. Forward it as an attachment, or add the "
    "customer with #add and the address."
)
STRAY = saying(
    "It stood in the middle of your mail, or behind a bullet, so everything was kept as an internal note and nothing "
    "was sent. Put #note first, or write to the note address."
)
WITHHELD = saying(
    "Nothing was sent to the customer, because a note address is among its recipients. If it was an answer, please "
    "send it again to the reply address alone."
)
HELD = saying(
    "A part of your mail was kept as an internal note, because it may quote an internal message. To send it to the "
    "customer, write it again in a mail that begins with the line #reply."
)
EMPTY = saying("There was nothing in it that could be sent: no words of your own, and no file.")
