"""Greetings and sign-offs around a text; a word more says something."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.languages.catalogue import every
from bot.syntax.thanks import WORDS

LONGEST = 40
"""Characters of a line that is no more than that."""
MOST_NAMES = 5
"""Words of a line that may be names."""
_HELLO = re.compile("|".join(every(lambda language: language.greetings.hello)), re.IGNORECASE)
_BYE = re.compile("|".join(every(lambda language: language.greetings.bye)), re.IGNORECASE)
_POLITE = WORDS | {*map(str.casefold, every(lambda language: language.greetings.polite))}
_UNSPACED = re.compile("|".join(every(lambda language: language.greetings.unspaced)))
_WORD = re.compile(r"[^\W\d_]+")


def between(lines: Sequence[str], written: Sequence[int]) -> tuple[int, int]:
    """The part of ``written``, the lines with words, between a greeting and a sign-off."""
    ends = [lines[n].strip() for n in (*written[:1], *written[-2:])]
    start = 1 if len(written) > 1 and len(ends[0]) <= LONGEST and _HELLO.match(ends[0]) else 0
    for size in (2, 1):
        if (
            len(written) - start > size
            and _BYE.match(ends[-size])
            and all(len(s) <= LONGEST for s in ends[-size:])
        ):
            return start, len(written) - size
    return start, len(written)


def mere(line: str) -> bool:
    """Is a line only a greeting, thanks, a sign-off or a name? A digit or a question is more.

    What begins with a capital letter may be a name.
    """
    if any(c.isdigit() or c in "?？" for c in line):
        return False
    strange = [word for word in _WORD.findall(_UNSPACED.sub(" ", line)) if word.casefold() not in _POLITE]
    return len(strange) <= MOST_NAMES and all(word[0].isupper() for word in strange)
