"""Suggesting: up to three articles that may answer what somebody is about to ask, or none.

The database finds candidates; how well each fits is reckoned here, so that both databases suggest the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.stems import stems
from store import article
from store.article import Hit
from store.transaction import Transaction

MOST = 3
CANDIDATES = 20
BEGINNING = 600
"""Characters of a subject, and of a description, that are looked at."""
MOST_STEMS = 24
CHOOSING = 8
"""Stems by which candidates are chosen."""
TOO_COMMON = 0.25
"""A stem that is not even so rare chooses none: of a thousand articles, one that 178 hold."""
TOLD = 0.4
"""What a word of the description counts, beside one of the subject."""
TITLE, KEYWORD, BODY = 1.0, 0.9, 0.45
"""What it counts where an article has it."""
ENOUGH = 1.1
"""The least that an article must reach: 1 is a word that no other article has, in both subject and title."""
COVERED = 0.34
"""The least share of what the subject asks that it must be about."""
NEAR_THE_BEST = 0.6
"""What is worth less than this share of the best is left out."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An article that may help: its title, and where it is read."""

    id: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Suggest:
    """Which articles may answer a subject and the description's beginning, the likeliest first; three at most."""

    subject: str
    text: str = ""

    def answer(self, tx: Transaction) -> tuple[Suggestion, ...]:
        known = tx.once("articles", lambda: article.count(tx))
        asked = _asked(self.subject, self.text) if known else {}
        if not asked:
            return ()
        weighed = _weighed(asked, article.spread(tx, list(asked)), known)
        hits = [hit for hit in article.find(tx, _telling(weighed), most=CANDIDATES) if hit.url]
        return tuple(Suggestion(hit.id, hit.title, hit.url) for hit in _fitting(hits, weighed))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One stem of what is asked."""

    subject: bool
    rare: float = 1.0
    """From 0 (in every article) to 1 (in one, or none)."""
    found: bool = False


def _asked(subject: str, text: str) -> dict[str, _Asked]:
    """The stems that count; where a subject says next to nothing, the description's first ones stand in for it."""
    first = list(dict.fromkeys(stems(subject[:BEGINNING])))
    rest = [stem for stem in dict.fromkeys(stems(text[:BEGINNING])) if stem not in first]
    if len(first) < 2:
        first, rest = first + rest[:6], rest[6:]
    both = [(stem, True) for stem in first] + [(stem, False) for stem in rest]
    return {stem: _Asked(subject) for stem, subject in both[:MOST_STEMS]}


def _weighed(asked: Mapping[str, _Asked], spread: Mapping[str, int], known: int) -> dict[str, _Asked]:
    """How rare each is; a code that no article knows does not count."""
    most = math.log(1 + known)
    asked = {stem: one for stem, one in asked.items() if spread.get(stem) or not stem.isdecimal()}
    return {
        stem: _Asked(
            one.subject, math.log((1 + known) / max(spread.get(stem, 0), 1)) / most, bool(spread.get(stem))
        )
        for stem, one in asked.items()
    }


def _telling(asked: Mapping[str, _Asked]) -> list[str]:
    """The stems that choose the candidates: the rarest, and none that is nearly everywhere, if there are others."""
    found = sorted((stem for stem, one in asked.items() if one.found), key=lambda stem: -asked[stem].rare)
    return [stem for stem in found[:CHOOSING] if asked[stem].rare >= TOO_COMMON] or found[:1]


def _fitting(hits: Iterable[Hit], asked: Mapping[str, _Asked]) -> list[Hit]:
    worth = {hit: _worth(hit, asked) for hit in hits}
    best = max(worth.values(), default=0.0)
    fitting = [hit for hit in worth if worth[hit] > 0 and worth[hit] >= NEAR_THE_BEST * best]
    return sorted(fitting, key=lambda hit: -worth[hit])[:MOST]


def _worth(hit: Hit, asked: Mapping[str, _Asked]) -> float:
    """How well an article fits; 0 if not well enough to be shown."""
    title, keywords, body = (
        set(words.split()) for words in (hit.stems.title, hit.stems.keywords, hit.stems.body)
    )
    subject = told = whole = 0.0
    named = matched = 0
    for stem, one in asked.items():
        place = TITLE if stem in title else KEYWORD if stem in keywords else BODY if stem in body else 0.0
        named += place > BODY
        matched += place > 0
        whole += one.rare * one.subject
        if one.subject:
            subject += place * one.rare
        else:
            told += TOLD * place * one.rare
    worth = subject + min(told, subject)
    enough = worth >= ENOUGH and subject >= COVERED * whole
    return worth if enough and named and matched > 1 else 0.0
