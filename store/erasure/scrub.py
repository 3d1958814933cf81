"""Scrubbing: a person's addresses, name, numbers and quoted words are taken out of what others wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from store.erasure import erased_words
from store.erasure.data_subject import LETTER, NAME, DataSubject, alone
from store.erasure.erased_words import within

_QUOTED = 20
"""Characters of an entry that is looked for where others quote: a shorter one may be anybody's."""
_BLANKS = r"\s+"
_SHORTEST_NAME = 5
_SHORTEST_WITHOUT_BLANKS = 3
"""Characters of a name in Chinese, Japanese or Korean: two could be anybody's, or a word."""
_SHORTEST_ID = 4
_DIGITS = 7
"""Of a telephone number, at least: fewer could be an order's."""


class Scrubber:
    """Takes one person out of texts; the rest of each stays as it is."""

    def __init__(self, who: DataSubject, *, own_words: Iterable[str] = ()) -> None:
        """``own_words``: what they wrote, which others may have quoted."""
        mails = [address for _, address in who.addresses if "@" in address]
        spellings = [
            *(_of_chat_id(address) for _, address in who.addresses if "@" not in address),
            *_of_name(who.name),
            *(spelling for phone in who.phones if (spelling := _of_phone(phone))),
        ]
        written = [alone(address) for address in mails]
        written += [f"(?<!{LETTER})(?:{spelling})(?!{LETTER})" for spelling in spellings]
        self._pattern = re.compile("|".join(sorted(set(written), key=len, reverse=True)), re.IGNORECASE)
        self._any = bool(written)
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
    """A chat's address, whole, its last part alone, or as a mention."""
    last = address.rpartition("/")[2]
    user = re.escape(last if len(last) >= _SHORTEST_ID else address)
    return rf"<@{user}(?:\|[^>]*)?>|{re.escape(address)}|{user}"


def _of_name(name: str) -> list[str]:
    """Their full name, also as ``Martin, Ana``; a single short word could be anybody's and stays."""
    words = name.split()
    if name and not re.search(LETTER, name):
        return _of_name_without_blanks(words)
    if len(name) < _SHORTEST_NAME or len(words) < 2:
        return []
    first, last = _BLANKS.join(map(re.escape, words[:-1])), re.escape(words[-1])
    return [f"{first}{_BLANKS}{last}", f"{last},{_BLANKS}{first}"]


def _of_name_without_blanks(words: list[str]) -> list[str]:
    """A full name in Chinese, Japanese or Korean: with a blank between its parts, or without."""
    if len("".join(words)) >= _SHORTEST_WITHOUT_BLANKS:
        return [r"\s*".join(map(re.escape, words))]
    return [_BLANKS.join(map(re.escape, words))] if len(words) > 1 else []


def _of_phone(phone: str) -> str:
    """The digits of a number, with anything usual between them; ``""`` if there are too few."""
    digits = re.sub(r"\D", "", phone)
    return r"[\s().\-/]*".join(digits) if len(digits) >= _DIGITS else ""
