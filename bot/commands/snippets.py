"""Commands about saved replies: use one, keep one, forget one, list them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from bot.commands.verb import PAUSE, Arguments, verb
from bot.model.errors import BadCommand
from bot.model.request import Command, OnCase
from bot.model.rule import DESK, LOOKED_UP, Rule
from bot.model.translatable import saying

SAVE, DROP = "save", "drop"
_NAMED = re.compile(r"([\w-]{1,60})(?![\w-])[ \t:,]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class SendSnippet(OnCase):
    """Answer with a saved reply, followed by further words."""

    rule: ClassVar[Rule] = DESK
    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class SaveSnippet(Command):
    """Keep a text as a reply of the asker's own."""

    rule: ClassVar[Rule] = DESK
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class DropSnippet(Command):
    """Forget a reply of the asker's own."""

    rule: ClassVar[Rule] = DESK
    name: str


@dataclass(frozen=True, slots=True)
class ListSnippets(Command):
    """List the replies that the asker may use."""

    rule: ClassVar[Rule] = LOOKED_UP


@verb(
    SendSnippet,
    "snippet name [text]",
    "answer with a saved reply, and what you add to it; to keep one: snippet save name: text; snippet drop name",
    text=True,
    begins=re.compile(r"(?:save[ \t]+)?[\w-]+[ \t]*:?", re.ASCII | re.IGNORECASE),
    without_case=(SAVE, DROP),
)
def snippet(words: Arguments) -> SendSnippet | SaveSnippet | DropSnippet:
    """``snippet refund`` · ``snippet save refund: Dear {{ customer }}, …`` · ``snippet drop refund``"""
    what, _, behind = words.text.strip().partition(" ")
    if what.lower() == SAVE and behind.strip():
        name, text = _name(behind)
        if not text:
            raise BadCommand(
                saying("What shall it say? {line}", line="snippet save refund: Dear {{ customer }}, …"),
                {"text": saying("is needed")},
            )
        return SaveSnippet(name, text)
    if what.lower() == DROP and behind.strip():
        return DropSnippet(_name(behind)[0])
    name, text = _name(words.text)
    return SendSnippet(words.case, name, text)


def _name(text: str) -> tuple[str, str]:
    """The name that a text begins with, in small letters, and what follows."""
    match = _NAMED.match(text.strip())
    if match is None:
        raise BadCommand(
            saying("Which saved reply? snippet refund (snippets lists them)"), {"name": saying("is needed")}
        )
    return match[1].lower(), text.strip()[match.end() :].lstrip(PAUSE)


@verb(ListSnippets, "snippets", "list the saved replies: the desk's, and your own")
def snippets(words: Arguments) -> ListSnippets:
    """``snippets``"""
    return ListSnippets()
