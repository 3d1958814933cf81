"""Where a quotation begins by its HTML, found again in the plain text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from bot.model.message import Part
from channels.email.formats import html_quote_marks, html_to_text
from channels.email.replies import split
from channels.email.replies.own_text import OurText
from channels.email.replies.wrapped_quotes import bare, marked

SHORTEST, LONGEST = 16, 120
"""Letters and figures by which a quotation's beginning is known again: fewer say too little, more say no more."""
LONGEST_LINE = 400
"""Characters of a line that are compared."""


def divide(text: str, markup: str, ours: OurText = split.NOTHING) -> tuple[Part, ...] | None:
    """The parts of a plain text whose quotation only its HTML marks; None if that marks none.

    The quoted part begins as the quotation in the HTML does, if nothing below it is new there.
    """
    if not html_quote_marks.any_in(markup):
        return None
    beginning = _quotation(html_to_text.to_text(markup).split("\n"))
    lines = text.split("\n")
    cut = _start_line(lines, beginning) if len(beginning) >= SHORTEST else 0
    if not any(line.strip() for line in lines[:cut]):
        return None
    above = split.divide("\n".join(lines[:cut]), ours)
    return (*above, Part("quoted", "\n".join(lines[cut:])))


def _quotation(lines: Sequence[str]) -> str:
    """The beginning of the quotation that a text ends with; ``""`` if it has none, or is all of it."""
    written = [line for line in lines if line.strip()]
    last = next((n for n in range(len(written) - 1, -1, -1) if not marked(written[n])), -1)
    return "".join(map(_letters, written[last + 1 : last + 20]))[:LONGEST] if last >= 0 else ""


def _start_line(lines: Sequence[str], beginning: str) -> int:
    """The one line at which it begins; 0 if there is none, or more than one."""
    letters = [_letters(line) for line in lines]
    starts = dict(zip(accumulate(map(len, letters), initial=0), range(len(lines)), strict=False))
    whole = "".join(letters)
    at = whole.find(beginning)
    once = at >= 0 and whole.find(beginning, at + 1) < 0
    return starts.get(at, 0) if once else 0


def _letters(line: str) -> str:
    """A line's letters and digits: programs differ in signs and blanks."""
    return "".join(filter(str.isalnum, bare(line[:LONGEST_LINE]))).casefold()
