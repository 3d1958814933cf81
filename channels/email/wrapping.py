"""Lines of a quotation that have no mark, because a program broke marked lines that were too long for it."""

from __future__ import annotations

from collections.abc import Sequence

from channels.email.ours import command

NARROWEST = 50
"""Characters: nobody's program breaks shorter lines."""
FEW = 2
"""So many certain places make others likely."""
_ENDS = (".", "!", "?", ":", ";", "…", "。", "？", "！", "：", "；", "؟", "।")


def bare(line: str) -> str:
    """A line without marks of quotation."""
    return line.lstrip("> \t")


def marked(line: str) -> bool:
    """Is it marked as quoted?"""
    return line.lstrip(" \t").startswith(">")


def rests(lines: Sequence[str]) -> set[int]:
    """Which unmarked lines are the ends of the marked ones above them.

    An answer stands between marked lines, too. But the line above an end was full: the end's first word had no
    room on it. It does not end a sentence, and the sentence goes on behind the end.
    """
    marks = [marked(line) for line in lines]
    width = max((len(line) for line, mark in zip(lines, marks, strict=True) if mark), default=0)
    if width < NARROWEST:
        return set()
    places = [n for n in range(1, len(lines) - 1) if marks[n - 1] and not marks[n] and marks[n + 1]]
    likely = [n for n in places if _had_no_room(lines[n - 1], lines[n], width)]
    sure = {n for n in likely if _goes_on(lines[n], bare(lines[n + 1]))}
    return set(likely) if len(sure) >= FEW else sure


def _had_no_room(above: str, line: str, width: int) -> bool:
    above = above.rstrip()
    first = line.split(None, 1)[:1]
    if not first or command(line) or len(above) < NARROWEST or above.endswith(_ENDS):
        return False
    return len(line) < len(above) and len(above) + 1 + len(first[0]) > width


def _goes_on(line: str, below: str) -> bool:
    """Neither the end nor what follows it looks like the beginning of a sentence, or of an item of a list."""
    return not line.rstrip().endswith(_ENDS) and all(
        one[:1].isalpha() and not one[:1].isupper() for one in (line, below)
    )
