"""What companies, scanners and lists add to every mail, above it or below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.languages.catalogue import every, languages
from channels.email.replies.own_text import LineKind, command

LONGEST = 1500
"""Characters of a paragraph that are looked at."""
_NOTICES = every(lambda language: language.disclaimers.notice)
_SECRET = every(lambda language: language.disclaimers.secret)
_STEMS = [
    (row.secret, row.addressee, row.mistake)
    for row in (language.disclaimers for language in languages().values())
]


def mark(lines: Sequence[str], kinds: list[LineKind]) -> None:
    """Mark paragraphs of new words that are disclaimers, and those that continue in their manner."""
    within = False
    for start, end in _paragraphs(lines, kinds):
        if any(map(command, lines[start:end])):
            within = False
            continue
        text = " ".join(line.strip(" \t*_-=>(|") for line in lines[start : min(end, start + 16)])[
            :LONGEST
        ].lower()
        text = text.replace("’", "'")
        sure = _sure(lines, start, text)
        within = sure or (within and len(text) > 60 and _manner(text) >= 2)
        if within:
            kinds[start:end] = ["disclaimer"] * (end - start)


def _paragraphs(lines: Sequence[str], kinds: Sequence[LineKind]) -> Iterator[tuple[int, int]]:
    """Where each run of new lines with words begins and ends."""
    start = -1
    for n, line in enumerate(lines):
        inside = kinds[n] == "new" and bool(line.strip())
        if inside and start < 0:
            start = n
        elif not inside and start >= 0:
            yield start, n
            start = -1
    if start >= 0:
        yield start, len(lines)


def _sure(lines: Sequence[str], start: int, text: str) -> bool:
    text = text.lstrip()
    listed = lines[start].startswith("_" * 40) and "mailing list" in text[:200]
    return (
        listed or text.startswith(_NOTICES) or (any(map(text.__contains__, _SECRET)) and _manner(text) == 3)
    )


def _manner(text: str) -> int:
    """How many of the three things of a disclaimer the text says, in the best matching language."""
    if len(text) < 60:
        return 0
    return max(sum(any(stem in text for stem in stems) for stems in row) for row in _STEMS)
