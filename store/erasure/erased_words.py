"""Erased words: what is to be taken out of texts, however it is wrapped, quoted or escaped there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

MARK = "[redacted]"
"""What stands where words were taken out."""
_SPECIAL = {
    "&": "(?:&amp;|&)",
    "<": "(?:&lt;|<)",
    ">": "(?:&gt;|>)",
    '"': '(?:&quot;|&#34;|")',
    "'": "(?:&#39;|&#x27;|&apos;|')",
}
"""A character as it is written in plain words, in HTML and in the markup of a chat."""
_BETWEEN = r"(?:\s|>|&gt;|&nbsp;|<[^<>]{0,200}>)+"
"""What may stand between two words: blanks, the end of a line, quote marks, tags."""
_CUT = r"[^\n]{0,2000}?…"
"""The rest of words that an excerpt cut short."""
_HEAD = 4
"""Words that must be there for an excerpt to be known again."""
_LEAST = 12
"""Characters of a line that is looked for by itself: shorter ones (greetings, thanks) are anybody's."""
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+")


class ErasedWords:
    """Phrases to be taken out of texts, whatever their case, and wherever their lines were broken."""

    def __init__(self, phrases: Iterable[str], *, whole_words: bool = False, excerpts: bool = False) -> None:
        """``whole_words``: not within a longer word. ``excerpts``: also where they were cut short."""
        each = {" ".join(phrase.split()) for phrase in phrases} - {"", MARK}
        self.phrases = tuple(sorted(each, key=lambda phrase: (-len(phrase), phrase)))
        self._whole_words = whole_words
        self._excerpts = excerpts

    def __bool__(self) -> bool:
        return bool(self.phrases)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        written = [self._written(phrase) for phrase in self.phrases]
        if self._excerpts:
            written += [_head(phrase) for phrase in self.phrases if len(phrase.split()) > _HEAD]
        return re.compile("|".join(written), re.IGNORECASE)

    def _written(self, phrase: str) -> str:
        pattern = _BETWEEN.join(map(_token, phrase.split()))
        if not self._whole_words:
            return pattern
        before = r"(?<!\w)" if phrase[0].isalnum() else ""
        after = r"(?!\w)" if phrase[-1].isalnum() else ""
        return f"{before}{pattern}{after}"

    def stands_in(self, text: str) -> bool:
        """Does a text have any of the words?"""
        return bool(self.phrases) and self._pattern.search(text) is not None

    def out_of(self, text: str) -> str:
        """A text without the words, each replaced by ``MARK``; the same text if it has none."""
        return self._pattern.sub(MARK, text) if self.phrases and text else text

    def out_of_json(self, stored: str) -> str:
        """The same for all texts within JSON; what is no JSON is a text."""
        if not self.phrases or not stored:
            return stored
        try:
            tree = json.loads(stored)
        except ValueError:
            return self.out_of(stored)
        clean = within(tree, self.out_of)
        return stored if clean == tree else json.dumps(clean, ensure_ascii=False)

    def needles(self) -> Iterator[bytes]:
        """The phrases as bytes, to look for on a disk."""
        for phrase in self.phrases:
            yield phrase.encode("utf-8", "surrogatepass")


def of_entry(text: str) -> ErasedWords:
    """What is erased with a whole entry: its lines and sentences, as later messages quote and cut them."""
    if len(text.strip()) <= _LEAST or "\n" not in text.strip():
        phrases = [text, *_SENTENCE.split(text)]
    else:
        phrases = [piece for line in text.splitlines() for piece in (line, *_SENTENCE.split(line))]
    return ErasedWords((p for p in phrases if p == text or len(p.strip()) >= _LEAST), excerpts=True)


def within(tree: Any, change: Callable[[str], str]) -> Any:
    """A JSON tree with each of its texts changed; the names of fields stay."""
    if isinstance(tree, str):
        return change(tree)
    if isinstance(tree, list):
        return [within(item, change) for item in tree]
    if isinstance(tree, dict):
        return {name: within(item, change) for name, item in tree.items()}
    return tree


def _token(word: str) -> str:
    return "".join(_SPECIAL.get(character) or re.escape(character) for character in word)


def _head(phrase: str) -> str:
    return _BETWEEN.join(map(_token, phrase.split()[:_HEAD])) + _CUT
