"""Candidate lines: the few that may introduce a quotation or sign for a device."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.languages.catalogue import every

_HINT, _HINT_ASCII = re.compile(r"[\d:：@<＜]"), re.compile("[0-9:@<]")
"""The second is quicker to look for."""
_INTRODUCING = frozenset(
    phrase.split()[0]
    for phrase in every(lambda language: (*language.quotations.opening, *language.quotations.forward))
)
_DEVICE = every(lambda language: language.signatures.device)
_SMALL = bytes(range(ord("a"), ord("z") + 1))
_CONTROLS = bytes(byte for byte in (*range(0x20), 0x7F) if byte != ord("\n"))
_SIGNS = b"0123456789:@<{|}~" + bytes(range(0x80, 0x100))
"""What no plain line has; the four that come after the letters among them."""
_FOLDED = bytes.maketrans(
    _SMALL.upper() + _CONTROLS + _SIGNS, _SMALL + b" " * len(_CONTROLS) + b"\0" * len(_SIGNS)
)
_MICROSOFT = "aka.ms/"
"""In the link below what Outlook signs, in languages that have no word for it here."""


def _beginnings() -> Iterator[bytes]:
    """The first three folded bytes of lines that introduce something or sign for a device."""
    for word in (*_INTRODUCING, *_DEVICE):
        start = word[:3].encode().translate(_FOLDED)
        if len(start) == 3:
            yield start
        elif len(start) == 2:
            yield from (start, start + b" ")
        else:
            yield from (start, start + b" ", *(start + b" " + bytes((byte,)) for byte in range(0x100)))


_BEGINNINGS = frozenset(_beginnings())


def candidates(lines: Sequence[str]) -> list[int]:
    """The numbers of the lines of which more must be known, in order; blank lines are among them.

    All others are ASCII, begin with a letter, have no sign of a date or an address, and not the first word of
    anything that we know.
    """
    text = "\n".join(lines)
    if _MICROSOFT in text:
        return list(range(len(lines)))
    rows = text.encode("utf-8", "surrogatepass").translate(_FOLDED).split(b"\n")
    return [n for n, row in enumerate(rows) if row < b"a" or 0 in row or row[:3] in _BEGINNINGS]


def plain(line: str) -> bool:
    """Do the line's letters alone show that it introduces nothing? In most lines they do."""
    if not line[:1].isalpha() or hinted(line):
        return False
    return line.split(None, 1)[0].lower() not in _INTRODUCING


def hinted(line: str) -> bool:
    """Has it a figure, a colon or the beginning of an address?"""
    return bool((_HINT_ASCII if line.isascii() else _HINT).search(line))
