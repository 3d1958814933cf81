"""What companies, scanners and lists add to every mail, above it or below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.languages.catalogue import every, languages
from bot.model.message import PartKind
from channels.email.replies.own_text import COMMAND

LONGEST = 1500
"""Characters of a paragraph that are looked at."""
SHORTEST = 60
"""Characters that it takes to say what a disclaimer says."""
_NOTICES = every(lambda language: language.disclaimers.notice)
_SECRET = every(lambda language: language.disclaimers.secret)
_SECRET_ASCII = tuple(filter(str.isascii, _SECRET))
_ROWS = (language.disclaimers for language in languages().values())
_STEMS = [(row.secret, row.addressee, row.mistake) for row in _ROWS]


def mark(lines: Sequence[str], kinds: list[PartKind], blanks: Sequence[int]) -> None:
    """Mark paragraphs of new words that are disclaimers, and those that continue in their manner.

    ``blanks``: the numbers of the blank lines.
    """
    within = False
    for start, end in _paragraphs(kinds, blanks):
        text = " ".join(line.strip(" \t*_-=>(|") for line in lines[start : min(end, start + 16)])[
            :LONGEST
        ].lower()
        text = text.replace("’", "'")
        sure = _sure(lines, start, text)
        within = sure or (within and len(text) > 60 and _manner(text) >= 2)
        within = within and not any(map(COMMAND.match, lines[start:end]))
        if within:
            kinds[start:end] = ["disclaimer"] * (end - start)


def _paragraphs(kinds: Sequence[PartKind], blanks: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where each run of new lines with words begins and ends."""
    others = () if kinds.count("new") == len(kinds) else (n for n, kind in enumerate(kinds) if kind != "new")
    start = 0
    for end in (*sorted({*blanks, *others}), len(kinds)):
        if end > start:
            yield start, end
        start = end + 1


def _sure(lines: Sequence[str], start: int, text: str) -> bool:
    text = text.lstrip()
    listed = lines[start].startswith("_" * 40) and "mailing list" in text[:200]
    if listed or text.startswith(_NOTICES):
        return True
    if len(text) < SHORTEST:
        return False
    secret = _SECRET_ASCII if text.isascii() else _SECRET
    return any(map(text.__contains__, secret)) and _manner(text) == 3


def _manner(text: str) -> int:
    """How many of the three things of a disclaimer the text says, in the best matching language."""
    if len(text) < SHORTEST:
        return 0
    return max(sum(any(stem in text for stem in stems) for stems in row) for row in _STEMS)
