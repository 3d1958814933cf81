"""An excerpt: the beginning of a long text, for a notice."""

from __future__ import annotations

MOST = 1_500
"""Characters that a person would want to see again."""


def beginning(text: str) -> str:
    """The text, or as many of its first lines (else words, else letters) as there is room for."""
    if len(text) <= MOST:
        return text
    room = text[: MOST + 1]
    lines, words = room.rpartition("\n")[0].rstrip(), room.rpartition(" ")[0].rstrip()
    return next((candidate for candidate in (lines, words) if len(candidate) > MOST // 2), text[:MOST])
