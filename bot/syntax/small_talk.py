"""Recognise messages that only greet, thank, agree, wish well or say goodbye."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.languages.catalogue import every
from bot.syntax import thanks

MOST_WORDS = 12
_HELLO = re.compile("|".join(every(lambda language: language.greetings.hello)), re.IGNORECASE)
_UNSPACED = re.compile("|".join(every(lambda language: language.greetings.unspaced)))
_LONGEST_FIRST = sorted(every(lambda language: language.greetings.phrases), key=len, reverse=True)
_PHRASES = re.compile(rf"(?<!\w)(?:{'|'.join(_LONGEST_FIRST)})(?!\w)", re.IGNORECASE)
_POLITE = frozenset(map(str.casefold, every(lambda language: language.greetings.polite)))
_WORD = re.compile(r"[^\W\d_]+")
_CODE = re.compile(r":[a-z0-9_+-]{1,60}:")


def mere(text: str, names: Iterable[str] = ()) -> bool:
    """Is it only that, or only emoji? ``names``: of the people around, which add nothing.

    A question, a digit or one word that is no courtesy is something else: better one case too many.
    """
    written, text = text, _CODE.sub(" ", text)
    spaced = _UNSPACED.sub(" ", text)
    unmatched = _PHRASES.sub(" ", spaced)
    if any(sign in text for sign in "?？") or re.search(r"\d", unmatched):
        return False
    words = _WORD.findall(unmatched.casefold())
    if not words:
        return bool(written.strip())
    name_words = {word for name in names for word in _WORD.findall(name.casefold())}
    begins = (
        spaced.strip() != text.strip() or _HELLO.match(spaced.strip()) or not thanks.WORDS.isdisjoint(words)
    )
    if not begins:  # beside a phrase only names may stand: "ok" begins requests, too
        return unmatched != spaced and name_words.issuperset(words)
    return len(words) <= MOST_WORDS and all(_polite(word) or word in name_words for word in words)


def _polite(word: str) -> bool:
    return word in _POLITE or thanks.polite(word) or bool(_HELLO.fullmatch(word))
