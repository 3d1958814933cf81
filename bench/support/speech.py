"""What customers of the benches say: sentences in four languages, from a vocabulary as large as that of real mail."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

WEIGHTS = {"en": 50, "de": 20, "fr": 15, "ja": 15}
"""Of a hundred mails that begin a thread; a reply is in the language of its thread."""
NAMES = 0.6
"""The share of names among names and numbers."""


@dataclass(frozen=True, slots=True)
class Language:
    """What a mail is made of. ``{}``: its marker; ``{n}``: a word; ``{c}``: a name or a number."""

    subject: str
    greeting: str
    closing: str
    attribution: str
    """The line above a quotation; ``{}`` is the desk's address."""
    sentences: tuple[str, ...]
    words: tuple[str, ...]
    """The most usual one first."""


def greeted(text: str, marker: str) -> list[str]:
    """The markers in the first lines of what was said; ``marker`` is a regular expression."""
    ways = (re.escape(language.greeting).replace(r"\ ", r"\s+") for language in LANGUAGES.values())
    first_line = "|".join(way.replace(r"\{\}", f"({marker})") for way in ways)
    return [str(hit[hit.lastindex or 0]) for hit in re.finditer(first_line, text)]


def spoken(language: Language, dice: random.Random, length: int, charset: str) -> list[str]:
    """Sentences of so many bytes together, or a little more."""
    sentences: list[str] = []
    while length > 0:
        pattern = dice.choice(language.sentences)
        sentence = re.sub(r"\{([nc])\}", lambda place: _filled(place[1], language, dice), pattern)
        sentences.append(sentence[0].upper() + sentence[1:])
        length -= len(sentence.encode(charset)) + 1
    return sentences


def _filled(place: str, language: Language, dice: random.Random) -> str:
    if place == "n":
        return dice.choices(language.words, cum_weights=_usual(len(language.words)))[0]
    if dice.random() < NAMES:
        return "".join(dice.choice(syllables) for syllables in _SYLLABLES)
    return str(dice.randrange(10_000, 999_999))


@cache
def _usual(count: int) -> list[float]:
    """Zipf's law: the n-th word comes a n-th as often as the first."""
    return list(accumulate(1 / (rank + 3) for rank in range(count)))


def _language(table: dict[str, Any]) -> Language:
    before, stems, after = (table.pop(name).split() for name in ("before", "stems", "after"))
    plain = table.pop("plain").split()
    forms = [b + stem + end for b in ("", *before) for stem in stems for end in after]
    words = list(dict.fromkeys([*plain, *stems, *forms]))
    random.Random(17).shuffle(words)  # else all that is usual would begin alike
    return Language(**{**table, "sentences": tuple(table["sentences"].splitlines()), "words": tuple(words)})


_SYLLABLES = (
    ("Vel", "Kan", "Mor", "Bri", "Sol", "Tan", "Nor", "Pel", "Quin", "Har", "Zep", "Lum", "Cor", "Dra", "Fen", "Gal"),
    ("o", "a", "i", "e", "u", "ara", "ino", "eta", "olu", "ami", "iri", "una", "ebo"),
    ("ra", "dex", "lio", "ntis", "bo", "va", "mark", "net", "ro", "son", "ville", "tec", "line", "burg", "dia"),
)  # fmt: skip
"""Of names of products and campaigns: some three thousand."""
LANGUAGES = {
    code: _language(table)
    for code, table in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
}
