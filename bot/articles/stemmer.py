"""Stemmer: the words of a text in a form that all their inflections share, for search."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from bot.languages.catalogue import every

STOP_WORDS = frozenset(every(lambda language: language.articles.stop_words))
"""Words that say nothing of the matter, lower case and without accents."""
LONGEST = 40
"""Letters of a stem; what is longer is an address or a hash, and nobody looks for it."""
CODE = 3
"""Digits of a number that may be a code: 404, VAST 303. Others count or name single things."""
_WORD = re.compile(r"[^\W_]+")
_SIGNED_IN = re.compile(r"\b(?:log|sign)(?:g?ed|g?ing)?[ -](?:in|on)\b")
_SIGNED_UP = re.compile(r"\bsign(?:ed|ing)?[ -]up\b")
_WITHOUT_BLANKS = re.compile("[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
"""Scripts that put no blanks between words: kana and Han characters."""
_KINDS = re.compile("[\u30a0-\u30ff]+|[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
"""Runs of katakana, which write words from abroad, and of Han characters. Hiragana is passed over: grammar."""
_VOWEL = re.compile("[aeiouy]")
_ENDINGS = (("ation", 4), ("ment", 4), ("ing", 3), ("ed", 3), ("ion", 4), ("en", 4))
"""What is cut off, and how many letters must be left."""
_MARKS = re.compile("(?:[^\\w\\s]|[\uff9e\uff9f]){31,}")
"""Longer runs of signs than any script has; to put the marks in them in order is quadratic."""


def stems(text: str, *, asked: bool = False) -> list[str]:
    """The stems of a text's words, in order and with repetitions, without stop words.

    Of numbers only those that may be codes. Lower case, without accents. Endings are cut off by the rules of
    English, in whatever language: what is cut alike is found alike. Of scripts without blanks: each three
    neighbours of katakana, each two of Han characters, and each of these alone; of what is ``asked`` only
    those that stand alone.
    """
    all_stems = (_stem(word) for word in _words(text, asked=asked))
    same = _same()
    return [same.get(stem, stem) for stem in all_stems if stem and len(stem) <= LONGEST]


def unblanked(stem: str) -> bool:
    """Is it of a script without blanks between words?"""
    return bool(_WITHOUT_BLANKS.match(stem))


@cache
def _same() -> dict[str, str]:
    """The stem of a synonym → that of the first word of its group."""
    groups = (group.split() for group in every(lambda language: language.articles.synonyms))
    return {_stem(word): _stem(first) for first, *others in groups for word in others}


def _words(text: str, *, asked: bool) -> Iterator[str]:
    bare_text = " ".join(word for word in text.replace("](", "] (").split() if not _is_address(word))
    plain = _SIGNED_UP.sub("register", _SIGNED_IN.sub("login", _plain(bare_text)))
    for word in _WORD.findall(plain):
        if _WITHOUT_BLANKS.search(word):
            yield from (part for part in _parts(word, asked=asked) if part not in STOP_WORDS)
        elif word not in STOP_WORDS and len(word) > 1 and (len(word) == CODE or not word.isdecimal()):
            yield word


def _is_address(word: str) -> bool:
    return "@" in word or "://" in word or word.startswith("www.")


def _plain(text: str) -> str:
    """Lower case, without accents and apostrophes."""
    few = _MARKS.sub(_without_marks, text.replace("'", " ").replace("’", " "))
    apart = unicodedata.normalize("NFKD", few).casefold()
    return unicodedata.normalize("NFC", "".join(c for c in apart if not "\u0300" <= c <= "\u036f"))


def _without_marks(run: re.Match[str]) -> str:
    return "".join(c for c in run[0] if not unicodedata.combining(c) and c not in "\uff9e\uff9f")


def _parts(word: str, *, asked: bool) -> Iterator[str]:
    for run in _KINDS.findall(word):
        length = 3 if "\u30a0" <= run[0] <= "\u30ff" else 2
        if length == 2 and len(run) > 1 and not asked:
            yield from run
        yield from (run[n : n + length] for n in range(max(len(run) - length + 1, 1)))


def _stem(word: str) -> str:
    if not word.isascii() or not word.isalpha():
        return word
    word = _without_plural(word)
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least and _VOWEL.search(word[: -len(ending)]):
            word = _single(word.removesuffix(ending))
            break
    if (word[-1] == "e" and len(word) > 3) or (word[-1] == "y" and len(word) > 4):
        word = word[:-1]
    return word[:-2] if len(word) > 6 and word.endswith("at") else word


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("es") and len(word) > 5 and word[:-2].endswith(("ss", "x", "ch", "sh")):
        return word[:-2]
    plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if plural else word


def _single(word: str) -> str:
    """A word without a doubled last letter: ``logg`` → ``log``; ``install`` stays."""
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz" else word
