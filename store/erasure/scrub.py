"""Scrubbing: a person's addresses, name, numbers and quoted words are taken out of what others wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from store.erasure import erased_words
from store.erasure.data_subject import NAME, DataSubject
from store.erasure.erased_words import within

_QUOTED = 20
"""Characters of an entry that is looked for where others quote: a shorter one may be anybody's."""
_BLANKS = r"\s+"
_SHORTEST_NAME = 5
_SHORTEST_ID = 4
_DIGITS = 7
"""Of a telephone number, at least: fewer could be an order's."""


class Scrubber:
    """Takes one person out of texts; the rest of each stays as it is."""

    def __init__(self, who: DataSubject, *, own_words: Iterable[str] = ()) -> None:
        """``own_words``: what they wrote, which others may have quoted."""
        spellings = [
            *(re.escape(address) for _, address in who.addresses),
            *(_of_chat_id(address) for _, address in who.addresses if "@" not in address),
            *_of_name(who.name),
            *(spelling for phone in who.phones if (spelling := _of_phone(phone))),
        ]
        longest_first = sorted(set(spellings), key=len, reverse=True)
        self._pattern = re.compile("|".join(f"(?<!\\w)(?:{s})(?!\\w)" for s in longest_first), re.IGNORECASE)
        self._any = bool(longest_first)
        long_enough = (text for text in own_words if len(text.strip()) >= _QUOTED)
        self._quoted = [words for text in long_enough if (words := erased_words.of_entry(text).of_others)]

    def text(self, text: str) -> str:
        """A text without them, and without the lines that they said."""
        if not text:
            return text
        for words in self._quoted:
            text = words.out_of(text)
        return self._pattern.sub(NAME, text) if self._any else text

    def json(self, stored: str) -> str:
        """JSON with every text in it scrubbed; numbers and keys stay."""
        return json.dumps(within(json.loads(stored or "{}"), self.text, ()), ensure_ascii=False)


def _of_chat_id(address: str) -> str:
    """The last part of a chat's address, alone or as a mention."""
    last = address.rpartition("/")[2]
    user = re.escape(last if len(last) >= _SHORTEST_ID else address)
    return rf"<@{user}(?:\|[^>]*)?>|{user}"


def _of_name(name: str) -> list[str]:
    """Their full name, also as ``Martin, Ana``; a single short word could be anybody's and stays."""
    words = name.split()
    if len(name) < _SHORTEST_NAME or len(words) < 2:
        return []
    first, last = _BLANKS.join(map(re.escape, words[:-1])), re.escape(words[-1])
    return [f"{first}{_BLANKS}{last}", f"{last},{_BLANKS}{first}"]


def _of_phone(phone: str) -> str:
    """The digits of a number, with anything usual between them; ``""`` if there are too few."""
    digits = re.sub(r"\D", "", phone)
    return r"[\s().\-/]*".join(digits) if len(digits) >= _DIGITS else ""
