"""Ids of orders, invoices, deals and the like in a text, by the names that the desk knows them by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from bot.languages.catalogue import every, longest_first

_WORDS = longest_first(lambda language: (*language.ids.number, *language.ids.numbers))
_NUMBERS = "|".join(map(re.escape, _WORDS))
_VALUE = re.compile(r"[A-Za-z]{0,4}-?\d[A-Za-z_\d-]{2,40}")
_AND = "|".join(every(lambda language: language.ids.conjunction))
_NEXT = re.compile(rf"[ ]?(?:,|;|/|&|{_AND}|、)[ ]?(?=[\w-]{{0,8}}\d)")
_ENDS = re.compile(rf"(.+?)(?:[ _-](?:{_NUMBERS})\.?|nummer|番号)", re.IGNORECASE)
_BEGINS = re.compile(rf"(?:{_NUMBERS})\.? (.+)", re.IGNORECASE)
_LEADS = re.compile(rf"(?:{_NUMBERS})\.? \Z")
_LONGEST_WORD = len(_WORDS[0]) + 2
_DIGIT = re.compile(r"\d")
_NEAR = 60
"""Characters from the beginning of a name to the digit that must follow it, and a few more."""
_MOST_IDS, _LONGEST, _LONGEST_ID = 20, 50_000, 60


def ids(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """Each id in ``text`` once: ``Deal ID 12333``, ``Bestellnummer 4711``.

    ``names``: ``id_names`` of the config; empty: the usual ones of each language.
    """
    return _finder(tuple(names)).ids(text[:_LONGEST])


def ids_of_form(written: str, words: str, names: Sequence[str]) -> tuple[str, ...]:
    """The ids in a form's own field, however they are called there, then in its other words; each once."""
    pieces = (" ".join(piece.split()) for piece in re.split(r"[,;\n]", written))
    own = (number for piece in pieces if piece for number in ids(piece, names) or (piece[:_LONGEST_ID],))
    return tuple(dict.fromkeys((*own, *ids(words, names))))[:_MOST_IDS]


def is_name(words: str, names: Sequence[str]) -> bool:
    """Are these words the name of an id, as ``Deal IDs``?"""
    return _finder(tuple(names)).is_name(words)


def after_name(text: str, names: Sequence[str]) -> int:
    """Where the number is in a text that begins with the name of an id; 0: it begins with none."""
    return _finder(tuple(names)).after_name(text)


def distinct(ids: Iterable[str]) -> tuple[str, ...]:
    """Each id once, in order: ``4711`` equals ``Deal ID 4711``, and the longer name is kept."""
    each = {number.casefold(): number for number in reversed([*ids])}
    named = {key.rpartition(" ")[2]: number for key, number in each.items() if " " in key}
    return tuple(dict.fromkeys(named.get(key, number) for key, number in reversed(each.items())))


class _Name(NamedTuple):
    """How ids of a name are written, and how they are shown."""

    literal: str
    """In lower case, without a word for *number* that the name has."""
    shown: str
    """What stands before the id where the case is shown."""
    number: Literal["before", "behind", "perhaps"]
    """Where a word for *number* must stand, whichever it is; or whether one may follow."""


def _spelled(name: str) -> _Name:
    """``Deal 12333`` names a deal, ``order 100 rolls`` no ``Order number``; ``order no. 100`` does."""
    if match := _ENDS.fullmatch(name):
        return _Name(match.group(1).lower(), name, "behind")
    if match := _BEGINS.fullmatch(name):
        return _Name(match.group(1).lower(), name, "before")
    return _Name(name.lower(), f"{name} ID", "perhaps")


@lru_cache(maxsize=8)
def _finder(names: tuple[str, ...]) -> _Finder:
    return _Finder(tuple(map(_spelled, names or every(lambda language: language.ids.name))))


class _Finder:
    """Finds ids by their names."""

    def __init__(self, names: Sequence[_Name]) -> None:
        self._led = {name.literal: name for name in names if name.number == "before"}
        others = sorted(names, key=lambda name: name.number)  # "Order" counts before "Order number"
        self._names = {name.literal: name for name in others if name.number != "before"}
        led, plain = _either(self._led), _either(self._names)
        self._name = re.compile(rf"(?:(?:{_NUMBERS})\.? ({led})|({plain})(?:[ _-]?({_NUMBERS})\.?|s)?)")
        self._named = re.compile(
            rf"(?<![\w-])(?:(?:{_NUMBERS})\.? ({led})|({plain})[ _-]?({_NUMBERS}|s)?)"
            r"[ .]?[ ]?[:#=：]?[ ]?(?=[\w-]{0,8}\d)"
        )

    def is_name(self, words: str) -> bool:
        match = self._name.fullmatch(_lowered(words))
        return bool(match and self._counts(match))

    def after_name(self, text: str) -> int:
        match = self._named.match(_lowered(text))
        return match.end() if match and self._counts(match) else 0

    def ids(self, text: str) -> tuple[str, ...]:
        numbers: dict[str, None] = {}
        for named in filter(self._counts, self._mentions(_lowered(text))):
            name = self._of(named)
            place: int | None = named.end()
            while place is not None and len(numbers) < _MOST_IDS:
                value = _VALUE.match(text, place)
                if value is None or (
                    name.number == "perhaps" and not named.group(3) and _is_year(value.group())
                ):
                    break
                numbers[f"{name.shown} {value.group()}"] = None
                following = _NEXT.match(text, value.end())
                place = following.end() if following else None
        return tuple(numbers)

    def _of(self, match: re.Match[str]) -> _Name:
        led, plain, _ = match.groups()
        return self._led[led] if led else self._names[plain]

    def _counts(self, named: re.Match[str]) -> bool:
        """Is an id named there, with a word for *number* where the name needs one?"""
        numbered = named.group(3) not in (None, "s") or "#" in named.group()
        return numbered or self._of(named).number != "behind"

    def _mentions(self, lowered: str) -> Iterator[re.Match[str]]:
        """Where a name stands before a number, tried only where one begins with a digit near.

        That is thirty times faster on a long mail.
        """
        end = 0
        for place in sorted(self._beginnings(lowered)):
            near = place >= end and _DIGIT.search(lowered, place, place + _NEAR)
            if near and (named := self._named.match(lowered, place)):
                end = named.end()
                yield named

    def _beginnings(self, lowered: str) -> set[int]:
        there = [word for word in self._names if word in lowered]
        places = {place for word in there for place in _places(lowered, word)}
        there = [word for word in self._led if word in lowered]
        for place in {place for word in there for place in _places(lowered, word)}:
            if leading := _LEADS.search(lowered, max(0, place - _LONGEST_WORD), place):
                places.add(leading.start())
        return places


def _lowered(text: str) -> str:
    """In lower case, each letter in its place: a few would grow."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)


def _either(literals: Iterable[str]) -> str:
    """A pattern for any of them, the longest first; for none, one that fits nothing."""
    return (
        "|".join(re.escape(word) for word in sorted(literals, key=lambda word: (-len(word), word))) or "(?!)"
    )


def _places(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def _is_year(word: str) -> bool:
    return len(word) == 4 and word[:2] in ("19", "20")
