"""Does a text only repeat another, as the HTML of a mail does?"""

from __future__ import annotations

import html
import re

MOST_NEW = 0.2
"""The share of its words that may be others: links, the names of pictures, what a program leaves out of the plain text.

Of ordinary mail with both kinds less than a tenth of the words of the one are not in the other.
"""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts that put no blanks between words: there each character counts."""
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"https?://[^\s<>]+")


def repeats(text: str, shown: str) -> bool:
    """Are nearly all words of ``text`` among those of ``shown``, and all with digits?

    Digits are numbers of orders or errors.
    """
    words = _words(text)
    new = words - _words(shown)
    return len(new) <= len(words) * MOST_NEW and not any(any(map(str.isdigit, word)) for word in new)


def page_repeats(page: str, shown: str) -> bool:
    """``repeats`` for HTML, in a fifth of the time that reading takes. False: it must be read to know."""
    return repeats(html.unescape(_TAG.sub(" ", page[max(page.find("<body"), 0) :])), shown)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_LINK.sub(" ", text).casefold()))
