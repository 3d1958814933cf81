"""Missing fields: what a new case of its type still needs; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Protocol
from unicodedata import east_asian_width

from bot.commands.case import Open
from bot.model.translatable import saying
from bot.syntax.fields import named


class Guided(Protocol):
    """The parts of ``[lists]`` that this is about."""

    @property
    def features(self) -> Sequence[str]: ...

    @property
    def guidance(self) -> Mapping[str, Sequence[str]]:
        """A type, or ``type / category`` → what is asked.

        Within brackets stands what makes it needless, any one of it:
        ``file`` is an attachment; else it is a word of the message or the name of an id in it, ``#`` a number near.
        """


def missing(opened: Open, lists: Guided, *, kind: str, files: bool) -> tuple[str, ...]:
    """What the requester is asked for once, in words, the feature first.

    ``kind``: the case's type; ``files``: did any come along?
    """
    text = f"{opened.subject}\n{opened.text}"
    return tuple(_missing(opened, lists, text, kind=kind, files=files))


def _missing(opened: Open, lists: Guided, text: str, *, kind: str, files: bool) -> Iterator[str]:
    if not opened.ids and _few_words(opened.text) and not _ASKS.search(opened.text):
        yield saying("what you did, and what happened instead")
    if lists.features and not (opened.feature or _tells(lists.features, text)):
        yield saying(
            "which feature is affected: {choices}, or another one", choices=", ".join(lists.features)
        )
    about = "\n".join((text, *opened.ids))
    for condition, question in _questions(lists, kind, opened.category or ""):
        if not any(_there(word, about, files=files) for word in condition.split(",") if word.strip()):
            yield question


def _few_words(text: str) -> bool:
    """Five words at most; where a script has no blanks between words, three letters count as one."""
    beginning = text[:_BEGINNING]
    words = len(beginning.split(None, 6))
    if words > 5 or text.isascii():
        return words <= 5
    return words + sum(east_asian_width(letter) in "WF" for letter in beginning) // 3 <= 5


_BEGINNING = 500
_ASKS = re.compile(r"[?？؟]|か[。．]?\s*$")
"""A short question is whole: nothing went wrong."""


def guidance(lists: Guided) -> tuple[tuple[str, str], ...]:
    """Every type or ``type / category`` with each of its questions, in words."""
    rows = lists.guidance.items()
    return tuple((key, _parted(question)[1]) for key, questions in rows for question in questions)


def questions(lists: Guided, kind: str) -> tuple[str, ...]:
    """All questions for a type, whatever its category, in words."""
    keys = [key for key in lists.guidance if kind and (key == kind or key.startswith(f"{kind} / "))]
    return tuple(_parted(question)[1] for key in keys for question in lists.guidance[key])


def _questions(lists: Guided, kind: str, category: str) -> Iterator[tuple[str, str]]:
    for key in (kind, f"{kind} / {category}"):
        yield from map(_parted, lists.guidance.get(key, ()))


_CONDITION = re.compile(r"\[([^\]]*)\]\s*")


def _parted(question: str) -> tuple[str, str]:
    """The condition that makes a question needless, and the question."""
    match = _CONDITION.match(question)
    return (match.group(1), question[match.end() :]) if match else ("", question)


def _there(condition: str, text: str, *, files: bool) -> bool:
    """Does a message have it? Where a script has no blanks between words, one may begin anywhere."""
    word = condition.strip()
    if word.casefold() == "file":
        return files
    plain = word.rstrip("# ")
    if plain.casefold() not in _folded(text):
        return False
    begins = "" if plain and east_asian_width(plain[0]) in "WF" else r"(?<!\w)"
    pattern = re.escape(plain) + (r"[^\n\d]{0,20}\d" if word.endswith("#") else "")
    return bool(re.search(begins + pattern, text[:_LONGEST], re.IGNORECASE))


@lru_cache(maxsize=1)
def _folded(text: str) -> str:
    """The text in lower case, cached: each condition searches it, and most words are nowhere in it."""
    return text[:_LONGEST].casefold()


_LONGEST = 50_000


def _tells(features: Sequence[str], text: str) -> bool:
    """Does the message name a feature, in the list or not?"""
    return "feature" in named(text) or any(_there(feature, text, files=False) for feature in features)
