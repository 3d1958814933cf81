"""Verbs: the words that ask for a command, in every channel, and how the words after them are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.model.errors import BadCommand
from bot.model.identity import Identity
from bot.model.request import Command, OnCase
from bot.model.rule import CUSTOMERS
from bot.model.translatable import saying
from bot.syntax.fields import Choices

PAUSE = " \t,.;:!–—-\n"
"""What stands between the words of an argument."""
ADDRESS = re.compile(r"[^\s<>@,;:|\"()]+@[^\s<>@,;:|\"()]+\.[^\s<>@,;:|\"()]+")


@dataclass(frozen=True, slots=True)
class Arguments:
    """The words after a verb, the case they are about, and the lists that they may choose from."""

    verb: str
    text: str
    lists: Choices
    named: int | None
    """The case that they name."""
    here: int | None
    """The case on whose page, thread or mail they stand; ``OPENED`` for the one that the same message opens."""
    mentioned: Sequence[Identity] = ()
    """The people whom the message mentions, as its channel vouches for them (``Inbound.mentioned``)."""

    @property
    def case(self) -> int:
        """The case that they are about. Raises ``BadCommand`` if there is none."""
        number = self.named if self.named is not None else self.here
        if number is None:
            raise BadCommand(
                saying("Which case? Please add its number: {verb} CS-000123 …", verb=self.verb),
                {"case": saying("is needed here")},
            )
        return number

    def needed(self, field: str, question: str) -> str:
        """The text. Raises ``BadCommand`` with the question for the field if there is none."""
        if not self.text.strip():
            raise BadCommand(question, {field: saying("is needed")})
        return self.text.strip()


Reader = Callable[[Arguments], Command]
ARGUMENTS = (
    "@person or mail-address", "@colleague", "channel:address", "mail-address", "until when", "category", "message",
    "name", "page", "phone", "priority", "reason", "state", "subject", "text", "value", "verb", "what", "why", "words",
)  # fmt: skip
"""Words in usages that stand for what somebody types; all else there is typed as it stands."""
_ARGUMENT = re.compile(rf"(?<![\w|-])(?:{'|'.join(map(re.escape, ARGUMENTS))})(?![\w|:-])")


def usage_in_words(name: str, arguments: str) -> str:
    """How a verb is typed: what stands for people's own words are sayings (``close [reason]``)."""
    values: dict[str, str] = {}

    def place(match: re.Match[str]) -> str:
        values[f"word{len(values)}"] = saying(match.group())
        return f"{{word{len(values) - 1}}}"

    pattern = f"{{name}} {_ARGUMENT.sub(place, arguments)}".rstrip()
    return saying(
        pattern, name=name, **values
    )  # a value: the name is typed as it stands, whatever else it means


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb: its name, its help, and the function that makes its command."""

    name: str
    command: type[Command]
    usage: str
    meaning: str
    read: Reader
    """Raises ``BadCommand`` whose ``fields`` say what is missing or wrong."""
    aliases: tuple[str, ...] = ()
    text: bool = False
    """Does it take words of many lines?"""
    for_staff: str = ""
    """What it means where a specialist uses it, if that is another thing."""
    begins: re.Pattern[str] | None = None
    """What may stand behind it before its text begins: with no more than that it has no text yet."""
    without_case: tuple[str, ...] = ()
    """Words behind it that ask for something that is about no case."""

    @property
    def case(self) -> bool:
        """Is it about one case?"""
        return issubclass(self.command, OnCase)

    @property
    def staff_only(self) -> bool:
        """Is it for specialists alone?"""
        return not any(role in self.command.rule for role in CUSTOMERS)

    def wants_text(self, words: str) -> bool:
        """Does it take a text that these words, all that stand behind it, do not hold yet?"""
        begun = self.begins is not None and self.begins.fullmatch(words.strip()) is not None
        return self.text and (begun or not words)

    def means(self, *, staff: bool) -> str:
        """Its meaning, for help."""
        return self.for_staff if staff and self.for_staff else self.meaning


REGISTERED: list[Verb] = []
"""Filled by ``verb`` as the modules of ``bot/commands`` are imported; ``catalogue.VERBS`` has them in order."""


def verb(
    command: type[Command],
    usage: str,
    meaning: str,
    *,
    aliases: tuple[str, ...] = (),
    text: bool = False,
    for_staff: str = "",
    begins: re.Pattern[str] | None = None,
    without_case: tuple[str, ...] = (),
) -> Callable[[Reader], Reader]:
    """Register a function that reads the words after a verb.

    ``@verb(Close, "close [reason], [text]", "close the case")``. ``usage`` begins with its name. Who may use
    it, and whether it is about one case, the command says itself.
    """

    def register(read: Reader) -> Reader:
        name = usage.partition(" ")[0]
        more = (aliases, text, for_staff, begins, without_case)
        REGISTERED.append(Verb(name, command, usage, meaning, read, *more))
        return read

    return register


def leading(text: str, phrases: list[tuple[str, str]]) -> tuple[str, str]:
    """The longest phrase that a text begins with, as ``(phrase, key)``; two empty ones if there is none."""
    folded = text.lower()
    for phrase, key in sorted(phrases, key=lambda pair: -len(pair[0])):
        if folded.startswith(phrase.lower()) and not folded[len(phrase) : len(phrase) + 1].isalnum():
            return phrase, key
    return "", ""
