"""Suggestions: up to three articles that may answer a question, or none.

The database finds candidates. How well one fits is reckoned here, so that both databases suggest the same: it is the
share of what the subject's words tell, words that no article knows among them, that the article holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate

from bot.articles.stemmer import stems, unblanked
from bot.model.facts import Suggestion
from store.articles import article
from store.articles.article import Hit
from store.engine.transaction import Transaction

MOST = 3
CANDIDATES = 20
BEGINNING = 600
"""Characters of a subject, and of a description, that are looked at."""
MOST_STEMS = 24
LOOKED_THROUGH = 4000
"""Articles that are looked through for candidates: the rarest stems choose them, as long as no more hold these."""
TITLE, KEYWORD, BODY = 3.0, 3.0, 1.0
"""What a stem counts where an article has it; a heading's is three times in the text."""
LENGTH = 0.5
"""How much a place counts less that is longer than the others' (0: not at all)."""
SATURATED = (1.0, 4.0)
"""A stem that counts so much is half held: at least, where texts are short, and at most, where they are long."""
LONG = 150
"""Stems of a text for each one that it has to count to be half held."""
TOGETHER = 0.07
"""For each of the subject's stems that is held at all, up to three: several words are no chance."""
TOLD = 0.5
"""What the description's stems count, beside the subject's."""
ENOUGH = 0.46
"""The least that an article must reach."""
NEAR_THE_BEST = 0.6
"""What is worth less than this share of the best is left out."""


def find(tx: Transaction, subject: str, text: str = "") -> tuple[Suggestion, ...]:
    """The articles that may answer a subject and a description's beginning, the best first; at most three."""
    count = articles(tx)
    first, described_stems = _asked(subject, text) if count else ([], [])
    if not first:
        return ()
    spread = article.spread(tx, [*first, *described_stems], most=LOOKED_THROUGH)
    about, described = _Words(first, spread, count), _Words(described_stems, spread, count)
    choosing = _choosing({**about.weight, **described.weight}, spread)
    hits = [hit for hit in article.find(tx, choosing, most=CANDIDATES) if hit.url]
    return tuple(Suggestion(hit.id, hit.title, hit.url) for hit in _fitting(hits, about, described))


def articles(tx: Transaction) -> int:
    """How many articles there are; counted once a transaction."""
    return tx.once("articles", lambda: article.count(tx))


def _asked(subject: str, text: str) -> tuple[list[str], list[str]]:
    """The stems of the subject and of the description; for an empty subject, the description's first."""
    first = list(dict.fromkeys(stems(subject[:BEGINNING], asked=True)))
    others = [stem for stem in dict.fromkeys(stems(text[:BEGINNING], asked=True)) if stem not in first]
    if not first:
        first, others = others[:6], others[6:]
    return first[:MOST_STEMS], others[: MOST_STEMS - len(first[:MOST_STEMS])]


class _Words:
    """Stems with their weights: low if many articles hold a stem, highest if none does."""

    def __init__(self, query: Sequence[str], spread: Mapping[str, int], count: int) -> None:
        self.weight = {
            stem: math.log((count + 1) / (spread.get(stem, 0) + 0.5))
            for stem in query
            if spread.get(stem) or not (stem.isdecimal() or _straddles(stem, query, spread))
        }
        self._all = sum(self.weight.values())

    def share(self, amounts: Mapping[str, float], half: float) -> float:
        """How much of the total weight an article holds, from 0 to 1. ``half``: the amount that counts half."""
        total = sum(self.weight[stem] * much / (half + much) for stem, much in amounts.items())
        return total / self._all if total else 0.0


def _straddles(stem: str, query: Sequence[str], spread: Mapping[str, int]) -> bool:
    """Is it no word, but the end of one and the beginning of the next, in a script without blanks?"""
    if stem.isascii() or not unblanked(stem):
        return False
    words = [other for other in query if spread.get(other) and len(other) > 1]
    return any(stem[0] == other[-1] or stem[-1] == other[0] for other in words)


def _choosing(weight: Mapping[str, float], spread: Mapping[str, int]) -> list[str]:
    """The stems that choose candidates: the rarest first, while they are not in too many articles."""
    rarest = sorted((stem for stem in weight if spread.get(stem)), key=lambda stem: spread[stem])
    through = accumulate(spread[stem] for stem in rarest)
    return [stem for stem, much in zip(rarest, through, strict=True) if much < LOOKED_THROUGH]


def _fitting(hits: Sequence[Hit], subject: _Words, description: _Words) -> list[Hit]:
    places = [
        [place.split() for place in (hit.stems.title, hit.stems.keywords, hit.stems.body)] for hit in hits
    ]
    usual = [sum(map(len, column)) / len(column) or 1.0 for column in zip(*places, strict=True)]
    worth = {hit: _worth(where, usual, subject, description) for hit, where in zip(hits, places, strict=True)}
    least = max(ENOUGH, NEAR_THE_BEST * max(worth.values(), default=0.0))
    return sorted((hit for hit in worth if worth[hit] >= least), key=lambda hit: -worth[hit])[:MOST]


def _worth(
    places: Sequence[Sequence[str]], usual: Sequence[float], subject: _Words, description: _Words
) -> float:
    """How well an article answers: the share of the subject that it holds."""
    amounts: dict[str, float] = {}
    named = set[str]()
    wanted = subject.weight.keys() | description.weight.keys()
    for words, length, counts in zip(places, usual, (TITLE, KEYWORD, BODY), strict=True):
        each = counts / (1 - LENGTH + LENGTH * len(words) / length)
        for word in [word for word in words if word in wanted]:
            amounts[word] = amounts.get(word, 0.0) + each
        if counts > BODY:
            named |= amounts.keys()
    first = {stem: much for stem, much in amounts.items() if stem in subject.weight}
    if len(first) < 2 and not named & first.keys():
        return 0.0  # one word somewhere in a text is chance
    others = {stem: much for stem, much in amounts.items() if stem in description.weight}
    half = min(max(usual[-1] / LONG, SATURATED[0]), SATURATED[1])
    return subject.share(first, half) + TOGETHER * min(len(first), 3) + TOLD * description.share(others, half)
