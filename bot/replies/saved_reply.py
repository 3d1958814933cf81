"""A saved reply: its words in some languages, read from a file with front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import frontmatter
import yaml

from bot.replies import placeholders

LONGEST = 10_000
"""Characters of a file."""
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")
_SECTION = re.compile(r"^---[ \t]+([A-Za-z-]{2,8})[ \t]*-*[ \t]*$", re.MULTILINE)
"""``--- de``: what follows is German."""
_KEYS = ("title", "tags", "language", "languages")


class UnfitReply(Exception):
    """A file that cannot be a saved reply; the message says why."""


@dataclass(frozen=True, slots=True)
class SavedReply:
    """A reply that can be used on any case."""

    name: str
    title: str
    tags: tuple[str, ...]
    texts: Mapping[str, str]
    """Language → words, the usual one first."""
    own: bool = False
    """Does it belong to one specialist alone?"""

    def text(self, language: str) -> str:
        """The words in a language (``pt-BR``, else ``pt``), else in the usual one."""
        short = language.partition("-")[0].lower()
        codes = {code.lower(): text for code, text in self.texts.items()}
        return codes.get(language.lower()) or codes.get(short) or next(iter(self.texts.values()))

    def fits(self, words: str) -> bool:
        """Does each of these words stand in its name, title, tags or text?"""
        everything = "\n".join((self.name, self.title, *self.tags, *self.texts.values())).casefold()
        return all(word in everything for word in words.casefold().split())


def read(name: str, source: str, *, usual: str) -> SavedReply:
    """The reply of a file. ``usual``: the language of what names none. Raises ``UnfitReply``."""
    if not NAME.fullmatch(name):
        raise UnfitReply("its name may have small letters, digits, - and _ alone")
    if len(source) > LONGEST:
        raise UnfitReply(f"it is longer than {LONGEST:,} characters")
    facts, body = _parts(source.replace("\r\n", "\n").lstrip("\ufeff"))
    texts = dict(_texts(body, str(facts.get("language") or usual)))
    declared = set(_words(facts.get("languages")))
    wrong = [
        *_strange(facts),
        *(mistake for text in texts.values() for mistake in placeholders.mistakes(text)),
    ]
    wrong += [f"its languages name {code}, which it has not" for code in sorted(declared - set(texts))]
    if not texts:
        wrong.append("it says nothing")
    if wrong:
        raise UnfitReply("; ".join(dict.fromkeys(wrong)))
    return SavedReply(name, str(facts.get("title") or name), _words(facts.get("tags")), texts)


def _parts(source: str) -> tuple[Mapping[str, Any], str]:
    try:
        facts, body = frontmatter.parse(source)
    except yaml.YAMLError as error:
        raise UnfitReply(f"its front matter is no YAML: {str(error).splitlines()[0]}") from None
    return facts, body


def _strange(facts: Mapping[str, Any]) -> Iterator[str]:
    for key in facts:
        if key not in _KEYS:
            yield f"there is no key {key}; there are: {', '.join(_KEYS)}"


def _texts(body: str, usual: str) -> Iterator[tuple[str, str]]:
    """Language and words of each section; what stands before the first is in the usual language."""
    pieces = _SECTION.split(body)
    for code, text in zip((usual, *pieces[1::2]), pieces[::2], strict=True):
        if not _LANGUAGE.fullmatch(code):
            raise UnfitReply(f"{code} is no language, as de or pt-BR is")
        if text.strip():
            yield code, text.strip()


def _words(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else str(value or "").split(",")
    return tuple(word for item in listed if (word := str(item).strip()))
