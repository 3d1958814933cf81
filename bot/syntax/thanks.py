"""Thanks: does a text say no more than that all is well?"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.languages.catalogue import every

MOST_WORDS = 30
WORDS = frozenset(map(str.casefold, every(lambda language: language.thanks.words)))
_ALONG = frozenset(map(str.casefold, every(lambda language: language.thanks.beside)))
_WORD = re.compile(r"[^\W\d_]+")
_EMOJI = re.compile(r":[a-z0-9_+-]{1,40}:")
"""As chats write it."""


def polite(word: str) -> bool:
    """Is it a word of thanks, or one that may stand beside such (in lower case)?"""
    return word in WORDS or word in _ALONG


def mere(text: str, names: Iterable[str] = ()) -> bool:
    """Does a text only say thanks? ``names``: of the people around, which add nothing.

    A question, a digit or one word that is not in the lists is something else: better one case too many.
    """
    text = _EMOJI.sub(" ", text)
    if any(sign in text for sign in "?？") or re.search(r"\d", text):
        return False
    words = _WORD.findall(text.casefold())
    if not words or len(words) > MOST_WORDS or WORDS.isdisjoint(words):
        return False
    name_words = {word for name in names for word in _WORD.findall(name.casefold())}
    return all(word in WORDS or word in _ALONG or word in name_words for word in words)
