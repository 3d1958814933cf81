"""Text in ``format=flowed`` gets its paragraphs back (RFC 3676)."""

from __future__ import annotations

import re

_DEPTH = re.compile(r">*")


def joined(text: str, *, delete: str = "") -> str:
    """Soft-broken lines of one quote depth joined; ``delete``: ``"yes"`` if DelSp is (section 4.1)."""
    made: list[list[str]] = []
    depth, soft = 0, False
    for line in text.split("\n"):
        marks = _DEPTH.match(line)
        now = marks.end() if marks else 0
        rest = line[now:].removeprefix(" ")
        signature = rest == "-- "
        if soft and now == depth and not signature:
            made[-1].append(rest)
        else:
            made.append(["> " * now if rest else ">" * now, rest])
        depth, soft = now, rest.endswith(" ") and not signature
        if soft and delete == "yes":
            made[-1][-1] = rest[:-1]
    return "\n".join("".join(parts) for parts in made)
