"""Our own text in a reply: found by hashes of its lines, their order, and our marker."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from bot.channel.protocols import LINES, size_class
from bot.languages.catalogue import every

MARKERS = every(lambda language: language.quotations.marker)
"""One on every mail of ours, in its language; below it is nothing that its reader wrote."""
MARKER = re.compile("|".join(map(re.escape, MARKERS)))
WRAPPED, MOST_WORDS = 20, 160
"""A line of ours that a program broke has a first piece of so many characters, and so many words in all."""
MOST_STEPS = 20_000
"""Words that are tried as part of a longer line of ours, in one text."""
MOST_PLACES = 20
"""Places of one line in what we sent."""
BLOCK = 45
"""Bytes of letters in whole sentences, or in one line: fewer do not tell a block of ours from an address."""
_SENTENCE = (".", "!", "?", "。", "！", "？")
_CASE = re.compile(r"CS-\d{6}")
COMMAND = re.compile(r"[ \t]*[#\uff03][A-Za-z]")
"""The beginning of a line that may be a command."""
NOTE = re.compile(r"[ \t]*[#\uff03][ \t]*note\b", re.IGNORECASE)


class Place(NamedTuple):
    """The place of a line that casebot sent: its message, and its number there."""

    message: int
    line: int
    own: bool
    """It is no text that the message passes on."""


class Span(NamedTuple):
    """Words of a text, from one of its lines to another one, that make a line of ours."""

    first: int
    last: int
    words: tuple[int, ...]
    """How many of them are on each of these lines."""
    size: int
    places: tuple[Place, ...]


class OurText:
    """The messages that casebot sent on a case. An empty instance is false."""

    def __init__(self, sent: Iterable[bytes] = ()) -> None:
        """``sent``: as ``Context`` has it."""
        sent = [*sent]
        self.complete = all(packed.startswith(LINES) for packed in sent)
        """Whether the lines of all messages are known: they are removed when a message is redacted or expires."""
        self._places: dict[bytes, tuple[Place, ...]] = {}
        self._sizes: set[int] = set()
        for message, packed in enumerate(packed for packed in sent if packed.startswith(LINES)):
            for at in range(len(LINES), len(packed), 8):
                name, kind = packed[at : at + 7], packed[at + 7]
                self._sizes.add(kind >> 1)
                if len(places := self._places.get(name, ())) < MOST_PLACES:
                    self._places[name] = (*places, Place(message, at // 8, bool(kind & 1)))

    def __bool__(self) -> bool:
        return bool(self._places)

    def find(self, words: Sequence[Sequence[str]], lines: Sequence[str]) -> list[Span]:
        """Return the lines that casebot sent in a text, re-wrapped or not; none overlap.

        ``words``: those of each line.
        """
        spans: list[Span] = []
        steps, longest = MOST_STEPS, max(self._sizes, default=0)
        n = at = 0
        while n < len(words):
            name = hashlib.blake2b(digest_size=7)
            counts: list[int] = []
            size = 0
            match: Span | None = None
            for last in range(n, len(words)):
                row = words[last][at:] if last == n else words[last]
                if not row or (last > n and (steps <= 0 or len(lines[n]) < WRAPPED)):
                    break
                counts.append(0)
                for k, word in enumerate(row, start=1):
                    name.update(letters := word.encode("utf-8", "replace"))
                    size += len(letters)
                    counts[-1] = k
                    if (k == len(row) or steps > 0) and size_class(size) in self._sizes:
                        steps -= 1
                        if places := self._places.get(name.digest()):
                            match = Span(n, last, tuple(counts), size, places)
                    if size_class(size) > longest or (at and k > MOST_WORDS):
                        break
                if (
                    size_class(size) > longest
                    or sum(counts) > MOST_WORDS
                    or (match and match.last == n and match.words[0] == len(row))
                ):
                    break
            steps -= sum(counts) // 8 if at else 0
            if match is None:
                n, at = n + 1, 0
                continue
            spans.append(match)
            at = match.words[-1] + (at if match.last == n else 0)
            n = match.last
            if at >= len(words[n]):
                n, at = n + 1, 0
        return spans


def covered(spans: Iterable[Span], words: Sequence[Sequence[str]]) -> set[int]:
    """Return the lines of which every word is in one of these spans."""
    count = Counter[int]()
    for span in spans:
        for n, words_there in enumerate(span.words, start=span.first):
            count[n] += words_there
    return {n for n, words_there in count.items() if words_there == len(words[n])}


def in_order(spans: Sequence[Span]) -> list[tuple[Span, Place]]:
    """Return the spans that follow each other as in one message, that of which most lines are there."""
    hits = Counter(message for span in spans for message in {place.message for place in span.places})
    message = max(hits, key=lambda number: (hits[number], -number), default=-1)
    ends: list[int] = []
    chains: list[Any] = []
    for span in spans:
        for place in reversed([place for place in span.places if place.message == message]):
            at = bisect_left(ends, place.line)
            chain = (span, place), chains[at - 1] if at else None
            ends[at : at + 1], chains[at : at + 1] = [place.line], [chain]
    pairs = []
    last = chains[-1] if chains else None
    while last:
        pair, last = last
        pairs.append(pair)
    return pairs[::-1]


def blocks(spans: Sequence[Span], lines: Sequence[str]) -> list[int]:
    """Return the lines at which a block of a message of ours begins: several lines of it, in order.

    Quoted lines of our message do not count, because its reader may have written them. Two lines are enough below
    the text of our message if one of them names the case. At its top they are a heading, which people copy.
    """
    starts: list[int] = []
    run: list[Span] = []
    for span in spans:
        apart = not run or any(line.strip().strip("-") for line in lines[run[-1].last + 1 : span.first])
        run = [span] if apart or not _follows(run[-1], span) else [*run[-50:], span]
        sentences = (line.size for line in run if lines[line.last].rstrip().endswith(_SENTENCE))
        named = any(_CASE.search(lines[line.first]) and line.places[0].line > 2 for line in run)
        if len(run) > 1 and (named or max(sum(sentences), *(line.size for line in run)) >= BLOCK):
            starts.append(run[0].first)
    return starts


def _follows(above: Span, below: Span) -> bool:
    own = [place for place in above.places if place.own][:4]
    pairs = ((a, b) for a in own for b in below.places[:8] if b.own and a.message == b.message)
    return any(a.line < b.line <= a.line + 4 for a, b in pairs)


def marker(text: str) -> int:
    """Return the position of casebot's marker in a text; -1 if it has none."""
    match = MARKER.search(text)
    return match.start() if match else -1
