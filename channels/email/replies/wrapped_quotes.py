"""Wrapped quotations: lines without a mark because a program broke longer ones."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from channels.email.replies.own_text import COMMAND

NARROWEST = 50
"""Characters: nobody's program breaks shorter lines."""
_ENDS = (".", "!", "?", ":", ";", "…", "。", "？", "！", "：", "；", "؟", "।")
_ASKS = ("?", ":", "？", "：", "؟")


def bare(line: str) -> str:
    """A line without quotation marks."""
    return line.lstrip("> \t")


def marked(line: str) -> bool:
    """Is it marked as quoted?"""
    return line.lstrip(" \t").startswith(">")


def rests(lines: Sequence[str], quoted: Sequence[int]) -> set[int]:
    """The numbers of unmarked lines that are the wrapped ends of the marked ones (``quoted``) above them.

    An answer stands between marked lines, too. But the line above an end was full: the end's first word had
    no room on it. It does not end a sentence, and the sentence goes on after the end. Where one is certain,
    and all others had no room either, they are ends, too.
    """
    width = max((len(lines[n]) for n in quoted), default=0)
    if width < NARROWEST:
        return set()
    places = [above + 1 for above, below in pairwise(quoted) if below == above + 2]
    full = {n for n in places if had_no_room(lines[n - 1], lines[n], width)}
    sure = {n for n in full if _goes_on(lines[n - 1], lines[n], bare(lines[n + 1]))}
    return full if sure and len(full) == len(places) else sure


def had_no_room(above: str, line: str, width: int) -> bool:
    """Return whether the line above had no room for a line's first word within the width."""
    above = above.rstrip()
    first = line.split(None, 1)[:1]
    if not first or COMMAND.match(line) or len(above) < NARROWEST or above.endswith(_ASKS):
        return False
    return len(line) < len(above) and len(above) + 1 + len(first[0]) > width


def _goes_on(above: str, line: str, below: str) -> bool:
    """Does the sentence run through the three lines: none ends, and none begins an item or answer?"""
    if above.rstrip().endswith(_ENDS) or line.rstrip().endswith(_ENDS) or not _within(below):
        return False
    return _within(line) or line.rstrip().endswith((",", "،", "、", "，"))


def _within(line: str) -> bool:
    return line[:1].isalpha() and not line[:1].isupper()
