"""A case's conversation as its page shows it: the last of it at once, what was before in folds and on pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.model.facts import EventLine, FileFacts, PublicEntry
from channels.web.pictures.picture_header import Picture
from channels.web.pictures.thumbnails import SHOWN, can_show

LATEST, SPARE = 6, 4
"""Lines that stand open when there are more than both together."""
FOLD = 50
PAGE = 200
"""Lines of one page."""
Line = PublicEntry | EventLine


@dataclass(frozen=True, slots=True)
class Conversation:
    """A part of what was said and what happened, oldest first."""

    folds: tuple[tuple[Line, ...], ...]
    """What was before, to be unfolded."""
    latest: tuple[Line, ...]
    part: int
    """Which page of it, from 1, the newest."""
    parts: int
    pictures: Mapping[int, tuple[int, int]]
    """Width and height, on the page, of pictures that can be seen there, by the id of their file."""
    large: frozenset[int]
    """Ids of files that a browser shows by themselves."""


def part_of(told: Sequence[Line], part: int, pictures: Callable[[FileFacts], Picture | None]) -> Conversation:
    """One page of it; ``pictures`` looks at a file."""
    folds, latest, part, parts = _split(told, part)
    said = [line for fold in (*folds, latest) for line in fold if isinstance(line, PublicEntry)]
    seen = {file.id: picture for line in said for file in line.files if (picture := pictures(file))}
    small = {number: picture.within(*SHOWN) for number, picture in seen.items() if can_show(picture)}
    return Conversation(folds, latest, part, parts, small, frozenset(seen))


def _split(
    told: Sequence[Line], part: int
) -> tuple[tuple[tuple[Line, ...], ...], tuple[Line, ...], int, int]:
    parts = max(1, -(-len(told) // PAGE))
    part = min(max(1, part), parts)
    end = len(told) - (part - 1) * PAGE
    lines = tuple(told[max(0, end - PAGE) : end])
    if part > 1 or len(lines) <= LATEST + SPARE:
        return (), lines, part, parts
    before, latest = lines[:-LATEST], lines[-LATEST:]
    folds = tuple(before[at : at + FOLD] for at in range(0, len(before), FOLD))
    return folds, latest, part, parts
