"""Phone numbers as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.languages.catalogue import every
from bot.syntax.ids import ids

_DIGITS = re.compile(r"\d")
_PHONE = re.compile(r"\+?[\d ()./-]{6,30}(?:(?:ext|x|#)\.? ?\d{1,6})?", re.ASCII | re.IGNORECASE)
_AT_END = re.compile(
    r"(?:(?:tel|phone)[.: ]{1,3})?(\+?\(?\d[\d ()./-]{4,28}\d(?: ?(?:ext|x|#)\.? ?\d{1,6})?)$", re.IGNORECASE
)
_PAUSE = " \t,.;:–—-\n"


def phone_number(text: str) -> str:
    """A phone number as written, tidied; ``""`` if it is none (ITU-T E.164, and an extension)."""
    tidy = " ".join(text.split())
    fits = _PHONE.fullmatch(tidy) and 7 <= len(_DIGITS.findall(tidy)) <= 21
    return tidy if fits else ""


def name_and_number(text: str) -> tuple[str, str]:
    """Name and number of ``Ana Silva, tel. +33 1 23 45 67 89``; without a number all is the name."""
    text = " ".join(text.split())[:300]
    match = _AT_END.search(text)
    return (text[: match.start()].strip(_PAUSE), match.group(1)) if match else (text, "")


@dataclass(frozen=True, slots=True)
class WrittenNumber:
    """A number in somebody's words. ``sure``: called a phone number, or written as only these are."""

    number: str
    before: str
    """What stands before it on its line."""
    sure: bool
    named: bool = False
    """Is it said to be a phone's, or written with a ``+``?"""


_LONGEST = 5_000
"""Characters of a text that are looked through."""
_CANDIDATE = re.compile(r"(?<![\w.,+/-])(?:\+|\(\+?)?\d[\d ()./-]{5,24}\d(?![\w%])", re.ASCII)
_SEVEN_DIGITS = re.compile(r"\d(?:[ ()./-]{0,24}\d){6}", re.ASCII)
"""What every phone number has, quicker to look for: most texts have none."""
_OTHERWISE = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}(?!\d)|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d\d)(?!\d)"
    r"|\d{1,2}\.\d\d ?- ?\d{1,2}\.\d\d$"
)
"""Dates and hours."""
_ABROAD = re.compile(r"(?:\(?\+|00)[ ()]{0,2}[1-9]")
_NAMED = "|".join(every(lambda language: language.phones.named))
_SAYS_PHONE = re.compile(rf"(?<![^\W\d_])(?:{_NAMED})", re.IGNORECASE)
_NEAR = 40
"""Characters between such a word and its number."""


def written_number(text: str, id_names: Sequence[str]) -> WrittenNumber | None:
    """A phone number in plain words: the first certain one, else the first possible one.

    Ids (``id_names``: what they are called), dates and hours are none.
    """
    numbers = list(_numbers(text[:_LONGEST], id_names))
    return next((written for written in numbers if written.sure), next(iter(numbers), None))


def _numbers(text: str, id_names: Sequence[str]) -> Iterator[WrittenNumber]:
    things: set[str] | None = None
    for line in text.split("\n") if _SEVEN_DIGITS.search(text) else ():
        for match in _CANDIDATE.finditer(line):
            number = phone_number(match.group().strip(" ./-"))
            if not number or _OTHERWISE.match(number):
                continue
            if things is None:
                things = {_digits(id_text) for id_text in ids(text, id_names)}
            if _digits(number) not in things:
                before = line[: match.start()]
                named = "+" in number[:2] or bool(_SAYS_PHONE.search(before[-_NEAR:]))
                yield WrittenNumber(number, before.strip(_PAUSE), named or _written_so(line, number), named)


def _digits(text: str) -> str:
    return "".join(_DIGITS.findall(text))


def _written_so(line: str, number: str) -> bool:
    """Is it written as only phone numbers are?"""
    alone = line.strip(_PAUSE) == number.strip(_PAUSE) and number[0] in "0("
    return alone or bool(_ABROAD.match(number))
