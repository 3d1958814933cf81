"""Language detection: by script and small words; sure, or nothing."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache

from bot.languages.catalogue import languages, mail_languages

MOST = 800
"""Characters that are looked at."""
FEWEST = 4
"""Words below which a text says nothing."""
_NO_WORD = re.compile(r"(?<![!-~])[!-.:;?A-Z^`a-z~]*[/@\\_=<>{}\[\]|0-9][!-~]*")
"""An address, a path or a number is in no language."""
_WORD = re.compile(r"[a-z]+")
_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30ff\uff66-\uff9f]")
_MARKS = re.compile(r"[\u0300-\u036f]")
_LETTER = re.compile(r"[^\W\d_]")


def detect_language(text: str, hint: str = "") -> str:
    """The language (``de``), or ``""``. ``hint``: what a program says (``de-AT``); it only breaks a tie."""
    text = " ".join([word if word.isalpha() else _NO_WORD.sub(" ", word) for word in text[:MOST].split()])
    letters = 0 if text.isascii() else len(_LETTER.findall(text))
    kana = len(_KANA.findall(text)) if letters else 0
    if kana >= FEWEST and kana * 4 >= letters:
        return "ja"
    words = _WORD.findall(_folded(text))
    if len(words) < FEWEST or (letters and len("".join(words)) * 2 < letters):
        return ""
    return _best(words, hint.partition("-")[0].lower())


def _best(words: list[str], hint: str) -> str:
    """The language whose small words make a sixth of the text, and clearly more than the next's.

    Three of them must be different, or two that no other language has.
    """
    scores: dict[str, float] = {}
    seen: dict[str, int] = {}
    weights = _weights()
    for word, times in Counter(filter(weights.__contains__, words)).items():
        for language, weight in weights[word]:
            scores[language] = scores.get(language, 0.0) + weight * times
            seen[language] = seen.get(language, 0) + 1
    score, language = max(((score, name) for name, score in scores.items()), default=(0.0, ""))
    next_best = max((other for name, other in scores.items() if name != language), default=0.0)
    clear = score >= next_best * (1.2 if language == hint else 1.6)
    different = seen.get(language, 0)
    enough = different >= 3 or (different == 2 and score >= 2)
    return language if language in mail_languages() and clear and enough and score * 6 >= len(words) else ""


@cache
def _weights() -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Each word's languages and weights; a word that several share counts for less."""
    codes_by_word: dict[str, list[str]] = {}
    for code, language in languages().items():
        for word in {*_WORD.findall(_folded(" ".join(language.detection.words)))}:
            codes_by_word.setdefault(word, []).append(code)
    return {
        word: tuple((language, 1 / len(codes)) for language in codes) for word, codes in codes_by_word.items()
    }


def _folded(text: str) -> str:
    """Lower case, without accents: not everybody types them."""
    text = text.lower()
    return text if text.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", text.translate(_ALONE)))


_ALONE = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "œ": "oe", "æ": "ae", "ı": "i"})
