"""A conversation as its page shows it: the newest lines open, the earlier ones in folds."""

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
class ConversationPage:
    """A page of what was said and what happened, oldest first."""

    lines: tuple[Line, ...]
    part: int
    """Which page it is, from 1, the newest."""
    parts: int
    pictures: Mapping[int, tuple[int, int]]
    """Width and height, on the page, of pictures that can be seen there, by the id of their file."""
    large: frozenset[int]
    """Ids of files that a browser shows by themselves."""

    @property
    def folds(self) -> tuple[tuple[Line, ...], ...]:
        """The earlier lines, to be unfolded."""
        earlier = self.lines[: len(self.lines) - len(self.latest)]
        return tuple(earlier[at : at + FOLD] for at in range(0, len(earlier), FOLD))

    @property
    def latest(self) -> tuple[Line, ...]:
        """The lines that stand open; all of them, where they are few or the page is not the newest."""
        return self.lines if self.part > 1 or len(self.lines) <= LATEST + SPARE else self.lines[-LATEST:]


def page_of(
    lines: Sequence[Line], part: int, picture_in: Callable[[FileFacts], Picture | None]
) -> ConversationPage:
    """A page of all lines; ``picture_in`` looks whether a file is one."""
    parts = max(1, -(-len(lines) // PAGE))
    part = min(max(1, part), parts)
    end = len(lines) - (part - 1) * PAGE
    shown = tuple(lines[max(0, end - PAGE) : end])
    files = (file for line in shown if isinstance(line, PublicEntry) for file in line.files)
    pictures = {file.id: picture for file in files if (picture := picture_in(file))}
    small = {number: picture.within(*SHOWN) for number, picture in pictures.items() if can_show(picture)}
    return ConversationPage(shown, part, parts, small, frozenset(pictures))
