"""Canaries: words that are unlike all others, who must hear each of them, and who must not."""

from __future__ import annotations

import random
import re
import string
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

CODE = re.compile(r"(?:Pub|Int)[a-z]{12}")
LOOKED_UP = re.compile(r"(What was said|Said before|Slack takes nothing from us)")
"""Headings of text that repeats earlier messages, or that Slack could not take."""


@dataclass
class Word:
    """A canary: a word, and the places where it may be read.

    Places are names: ``mail:ana@acme.example``, ``dm:U1``, ``thread:C1/1.2``, ``page:ana@…``.
    """

    code: str
    how: str
    """Who said it, and how: ``sam: !reply in the thread``."""
    author: str = ""
    """Where its author is told things; they may hear it again there, in a confirmation."""
    due: set[str] = field(default_factory=set)
    """Told there, exactly once."""
    silent: set[str] = field(default_factory=set)
    """It stands there already: never told there."""
    may: set[str] = field(default_factory=set)
    """Shown there to whoever asks."""

    @property
    def secret(self) -> bool:
        return self.code.startswith("Int")


class Book:
    """All canaries of one story."""

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.words: list[Word] = []
        self.steps: list[str] = []
        self._dice = random.Random(f"{seed} canaries")

    def word(self, kind: str, how: str, **facts: str) -> Word:
        """A fresh one; ``kind``: ``Pub`` or ``Int``."""
        fresh = Word(kind + "".join(self._dice.choices(string.ascii_lowercase, k=12)), how, **facts)
        self.words.append(fresh)
        return fresh


@dataclass
class Heard:
    """What was told (of the bot's own accord) and shown (to whoever asked): canary → place → how often."""

    staff: set[str]
    told: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    shown: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    looked: Counter[str] = field(default_factory=Counter)
    """How many mails, messages, views, pages."""

    def tell(self, place: str, text: str, *, besides: str = "") -> None:
        """Note the canaries of a text, and of what else came with it: names of files, HTML, headers."""
        told, _, shown = LOOKED_UP.split(text, 1) if LOOKED_UP.search(text) else (text, "", "")
        for code in CODE.findall(told):
            self.told[code][place] += 1
        self.show(place, shown)
        self.show(place, " ".join({*CODE.findall(besides)} - {*CODE.findall(told)}))

    def show(self, place: str, text: str) -> None:
        """Note the canaries of what somebody has looked up."""
        for code in CODE.findall(text):
            self.shown[code][place] += 1

    def leaks(self) -> dict[str, list[str]]:
        """Internal words at places that are not the desk's, whichever story they are of: canary → places."""
        secret = {code for code in (*self.told, *self.shown) if code.startswith("Int")}
        found = {code: sorted({*self.told[code], *self.shown[code]} - self.staff) for code in secret}
        return {code: places for code, places in found.items() if places}


def leaked(book: Book, leaks: dict[str, list[str]]) -> Iterator[str]:
    """A sentence for each place that an internal word of a story reached.

    ``leaks``: as ``Heard.leaks`` has them.
    """
    for word in book.words:
        for place in leaks.get(word.code, ()):
            yield f"an internal word leaked to {place}: {word.how}"


def missed(book: Book, heard: Heard) -> Iterator[str]:
    """A sentence for each public word of a story that did not arrive once, or where it should not."""
    for word in book.words:
        if not word.secret:
            yield from _missing(word, heard.told[word.code], heard.shown[word.code])
            yield from _astray(word, heard)


def _missing(word: Word, told: Counter[str], shown: Counter[str]) -> Iterator[str]:
    """A file that stands there tells its name by itself."""
    for place in sorted(word.due):
        count = told[place] or (min(shown[place], 1) if word.how.endswith("file name") else 0)
        if count != 1:
            yield f"told {count} times instead of once at {place}: {word.how}"


def _astray(word: Word, heard: Heard) -> Iterator[str]:
    for place, times in heard.told[word.code].items():
        if place in word.due | {word.author}:
            continue
        if place in word.silent:
            yield f"said again where it stands already, at {place}: {word.how}"
        elif place not in heard.staff:
            yield f"told to somebody it was not meant for, at {place}: {word.how}"
        elif times > 1:
            yield f"told {times} times at {place}: {word.how}"
    for place in heard.shown[word.code]:
        if place not in heard.staff | word.may | word.due | word.silent | {word.author}:
            yield f"shown to somebody it was not meant for, at {place}: {word.how}"
