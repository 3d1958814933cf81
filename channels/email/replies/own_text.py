"""Our own text in a reply: found by hashes of its lines and by our marker."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Literal

from bot.channel.protocols import begun_hash, folded_lines, has_hash
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
    first, tries = commands(lines), MOST_JOINED
    if any(map(_note, lines[:first])):
        return
    end = next((n for n in range(first, len(lines)) if _note(lines[n])), len(lines))
    folded = folded_lines(lines[:end])
    n = below = first
    while n < end:
        after = n + 1
        if not folded[n] or len(lines[n]) > LONGEST:
            n = after
            continue
        name = begun_hash(folded[n])
        ours = name.hexdigest() in sent
        if not ours and tries and kinds[n] == "new" and len(lines[n]) >= WRAPPED[0] and has_hash(folded[n]):
            after, tries = _joined(lines, folded, n, sent, name), tries - 1
        if ours or after > n + 1:
            start = n - _between(lines[below:n], folded[below:n], kinds[below:n], known=below > first)
            kinds[start:after] = ["quoted"] * (after - start)
            below = after
        n = after


def _between(lines: Sequence[str], folded: Sequence[bytes], kinds: Sequence[LineKind], *, known: bool) -> int:
    """How many lines at the end say nothing, below what is quoted: by its mark, or ours (``known``)."""
    for n in range(len(lines) - 1, -1, -1):
        if has_hash(folded[n]):
            return len(lines) - 1 - n if kinds[n] == "quoted" and len(lines[n]) <= LONGEST else 0
    return len(lines) if known else 0


def marker(text: str) -> int:
    """Where our marker stands, or -1."""
    match = _MARKER.search(text)
    return match.start() if match else -1


def below_marker(lines: Sequence[str], kinds: list[LineKind]) -> bool:
    """Mark what our marker makes a quotation; False if there is no marker.

    A program that marks quotations with ``>`` leaves room below for an answer; others do not.
    """
    if marker("\n".join(lines)) < 0:
        return False
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


def _note(line: str) -> bool:
    return line.lstrip(" \t")[:1] in ("#", "\uff03") and _NOTE.match(line) is not None


def _joined(
    lines: Sequence[str], folded: Sequence[bytes], start: int, sent: AbstractSet[str], name: hashlib.blake2b
) -> int:
    """Where a line of ours ends that a program broke into several; ``start + 1`` if it is none of ours.

    ``name``: the hash of its first piece, which the others are added to.
    """
    length = len(lines[start])
    for n in range(start + 1, min(start + WRAPPED[1], len(folded))):
        length += 1 + len(lines[n])
        if length > LONGEST or not lines[n].strip():
            break
        if folded[n]:
            name.update(b" " + folded[n])
        if name.hexdigest() in sent:
            return n + 1
    return start + 1
