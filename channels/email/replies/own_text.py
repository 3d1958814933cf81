"""Our own text in a reply: found by hashes of its lines and by our marker."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Literal

from bot.channel.protocols import line_hash
from bot.languages.catalogue import every

LineKind = Literal["new", "quoted", "signature", "disclaimer"]
"""What a line is, as ``bot.model.message.Part`` has it."""
MARKERS = every(lambda language: language.quotations.marker)
"""One on every mail of ours, in its language; below it is nothing that its reader wrote."""
_MARKER = re.compile("|".join(map(re.escape, MARKERS)))
LONGEST = 2000
"""Characters of a line that may be one of ours."""
WRAPPED = (40, 6)
"""A line of ours that was broken has pieces of so many characters at least, and so many pieces at most."""
MOST_JOINED = 500
"""Lines that are looked at as the first piece of one of ours."""
_COMMAND = re.compile(r"[ \t]*[#\uff03][A-Za-z]")
_NOTE = re.compile(r"[ \t]*[#\uff03][ \t]*note\b", re.IGNORECASE)


def mark(lines: Sequence[str], kinds: list[LineKind], sent: AbstractSet[str]) -> None:
    """Mark lines that equal ours as quoted, and short or empty ones between them.

    Not the commands that a mail begins with, which somebody may have given before; and nothing below a note:
    cut off from it, that would make of a note in the middle one that ends an answer.
    """
    if not sent:
        return
    last, n, tries = -1, commands(lines), MOST_JOINED
    if any(map(_NOTE.match, lines[:n])):
        return
    while n < len(lines):
        if _NOTE.match(lines[n]):
            return
        name = _hash(lines[n])
        after = n + 1
        if name and name not in sent and tries and kinds[n] == "new" and len(lines[n]) >= WRAPPED[0]:
            after, tries = _joined(lines, n, sent), tries - 1
        if name in sent or after > n + 1:
            if last >= 0 and kinds[last] == "quoted" and not any(map(line_hash, lines[last + 1 : n])):
                kinds[last + 1 : n] = ["quoted"] * (n - last - 1)
            kinds[n:after] = ["quoted"] * (after - n)
        if name:
            last = after - 1
        n = after


def marker(text: str) -> int:
    """Where our marker stands, or -1."""
    match = _MARKER.search(text)
    return match.start() if match else -1


def below_marker(lines: Sequence[str], kinds: list[LineKind]) -> bool:
    """Mark what our marker makes a quotation; False if there is no marker.

    A program that marks quotations with ``>`` leaves room below for an answer; others do not.
    """
    for n, line in enumerate(lines):
        if marker(line) >= 0:
            end = n + 1 if line.lstrip().startswith(">") else len(lines)
            kinds[n:end] = ["quoted"] * (end - n)
            return True
    return False


def commands(lines: Sequence[str]) -> int:
    """How many lines of commands a text begins with, empty ones included."""
    return next((n for n, line in enumerate(lines) if line.strip() and not command(line)), len(lines))


def command(line: str) -> bool:
    """May the line be a command?"""
    return _COMMAND.match(line) is not None


def _hash(line: str) -> str:
    return line_hash(line) if len(line) <= LONGEST else ""


def _joined(lines: Sequence[str], start: int, sent: AbstractSet[str]) -> int:
    """Where a line of ours ends that a program broke into several; ``start + 1`` if it is none of ours."""
    text = lines[start]
    for n in range(start + 1, min(start + WRAPPED[1], len(lines))):
        if not lines[n].strip() or _NOTE.match(lines[n]):
            break
        text = f"{text} {lines[n]}"
        if _hash(text) in sent:
            return n + 1
    return start + 1
