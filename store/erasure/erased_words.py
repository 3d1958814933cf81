"""Erased words: what is to be taken out of texts, however it is wrapped, quoted or escaped there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from typing import Any

MARK = "████"
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
"""Characters of words that are looked for anywhere: shorter ones (greetings, thanks) are anybody's."""
_BEGIN = r"(?P<begin>(?:^|(?<=>)|(?<=&gt;))[ \t]*)"
_END = r"(?=[ \t\r]*(?:$|<|…))"
"""Around short words that are all that is said in a line, a paragraph, or a text by itself."""
_DISTINCT = re.compile(r"[\d:=@/\\_#$%&*+~^]|^\S{8,}$")
"""What a short line has that is no greeting: a number, a sign, or a long word by itself."""
FORM = frozenset(
    (
        "action_id", "at", "block_id", "callback_id", "id", "key", "level", "mark", "near", "notice", "outcome",
        "place", "sha256", "side", "state", "style", "to", "type", "url", "value", "via",
    )
)  # fmt: skip
"""Fields of JSON that are for programs: a message without them, or with others, could not be sent."""
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s+")


class ErasedWords:
    """Phrases to be taken out of texts, whatever their case, and wherever their lines were broken."""

    def __init__(self, phrases: Iterable[str], *, lines: Iterable[str] = (), excerpts: bool = False) -> None:
        """``lines``: what goes only where it stands alone. ``excerpts``: also phrases that were cut short."""
        self.phrases, self._lines = _longest_first(phrases), _longest_first(lines)
        self._excerpts = excerpts

    def __bool__(self) -> bool:
        return bool(self.phrases or self._lines)

    @cached_property
    def anywhere(self) -> ErasedWords:
        """Without the short ones: for places that have no copy of what was said."""
        return ErasedWords(self.phrases, excerpts=self._excerpts)

    @cached_property
    def of_others(self) -> ErasedWords:
        """Without the short ones that everybody says: for what others wrote themselves."""
        distinct = filter(_DISTINCT.search, self._lines)
        return ErasedWords(self.phrases, lines=distinct, excerpts=self._excerpts)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        written = [_written(phrase) for phrase in self.phrases]
        if self._excerpts:
            written += [_head(phrase) for phrase in self.phrases if len(phrase.split()) > _HEAD]
        if self._lines:
            written.append(f"{_BEGIN}(?:{'|'.join(map(_written, self._lines))}){_END}")
        return re.compile("|".join(written), re.IGNORECASE | re.MULTILINE)

    def out_of(self, text: str) -> str:
        """A text without the words, each replaced by ``MARK``; the same text if it has none."""
        return self._pattern.sub(self._mark, text) if self and text else text

    def _mark(self, match: re.Match[str]) -> str:
        return (match["begin"] or "") + MARK if self._lines else MARK

    def out_of_json(self, stored: str, fixed: Collection[str] = FORM) -> str:
        """The same for all texts within JSON, but for ``fixed`` fields; what is no JSON is a text."""
        if not self or not stored:
            return stored
        try:
            tree = json.loads(stored)
        except ValueError:
            return self.out_of(stored)
        clean = within(tree, self.out_of, fixed)
        return stored if clean == tree else json.dumps(clean, ensure_ascii=False)


def of_entry(text: str) -> ErasedWords:
    """What is erased with a whole entry: its lines and sentences, as later messages quote and cut them.

    Short ones only where they stand alone: somebody who said *yes* does not take every *yes* of others away.
    """
    lines = [line for line in map(str.strip, text.splitlines()) if line]
    pieces = {text.strip(), *lines, *(piece for line in lines for piece in _SENTENCE.split(line))}
    long = {piece for piece in pieces if len(piece) >= _LEAST}
    return ErasedWords(long, lines={*lines, text.strip()} - long, excerpts=True)


def within(tree: Any, change: Callable[[str], str], fixed: Collection[str] = FORM) -> Any:
    """A JSON tree with each of its texts changed; names of fields stay, and what is in ``fixed`` ones."""
    if isinstance(tree, str):
        return change(tree)
    if isinstance(tree, list):
        return [within(item, change, fixed) for item in tree]
    if isinstance(tree, dict):
        return {
            name: item if name in fixed and isinstance(item, str) else within(item, change, fixed)
            for name, item in tree.items()
        }
    return tree


def _longest_first(phrases: Iterable[str]) -> tuple[str, ...]:
    each = {" ".join(phrase.split()) for phrase in phrases} - {"", MARK}
    return tuple(sorted(each, key=lambda phrase: (-len(phrase), phrase)))


def _written(phrase: str) -> str:
    return _BETWEEN.join(map(_token, phrase.split()))


def _token(word: str) -> str:
    return "".join(_SPECIAL.get(character) or re.escape(character) for character in word)


def _head(phrase: str) -> str:
    return _BETWEEN.join(map(_token, phrase.split()[:_HEAD])) + _CUT
