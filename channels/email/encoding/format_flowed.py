"""Text in ``format=flowed`` gets its paragraphs back (RFC 3676)."""

from __future__ import annotations

import re

_DEPTH = re.compile(r">*")


def joined(text: str, *, delete: str = "") -> str:
    """Soft-broken lines of one quote depth joined; ``delete``: ``"yes"`` if DelSp is (section 4.1)."""
    paragraphs: list[list[str]] = []
    depth, soft = 0, False
    for line in text.split("\n"):
        marks = _DEPTH.match(line)
        now = marks.end() if marks else 0
        words = line[now:].removeprefix(" ")
        signature = words == "-- "
        if soft and now == depth and not signature:
            paragraphs[-1].append(words)
        else:
            paragraphs.append(["> " * now if words else ">" * now, words])
        depth, soft = now, words.endswith(" ") and not signature
        if soft and delete == "yes":
            paragraphs[-1][-1] = words[:-1]
    return "\n".join("".join(parts) for parts in paragraphs)
