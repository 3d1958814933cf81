"""A multipart's body, cut at its delimiter lines (RFC 2046, section 5.1.1)."""

from __future__ import annotations

import re
from typing import NamedTuple

_AFTER = re.compile(rb"(--)?[ \t]*(?:\r?\n|\Z)")
"""What may stand behind a boundary in a delimiter line; anything else is another boundary, or text."""


class Pieces(NamedTuple):
    """A body's pieces, each with the line end above the delimiter that follows it."""

    preamble: bytes
    parts: list[bytes]
    epilogue: bytes


def cut(body: bytes, boundary: bytes) -> Pieces | None:
    """The pieces of a body; None if it is never closed, or if two delimiters have nothing between them.

    Lines end with ``LF`` or ``CRLF``.
    """
    mark = b"\n--" + boundary
    parts: list[bytes] = []
    preamble, start = b"", -1
    at = 0 if body.startswith(mark[1:]) else body.find(mark) + 1
    while at or start < 0:
        after = _AFTER.match(body, at + len(mark) - 1) if body.startswith(mark[1:], at) else None
        if after is not None:
            if start < 0:
                preamble = body[:at]
            else:
                parts.append(body[start:at])
            if after[1]:
                return Pieces(preamble, parts, body[after.end() :]) if parts and all(parts) else None
            start = after.end()
        elif not at:
            return None
        at = body.find(mark, max(at, start - 1)) + 1
    return None


def without_line_end(piece: bytes) -> bytes:
    """A piece without the last line end, which belongs to the delimiter below it."""
    if piece.endswith(b"\r\n"):
        return piece[:-2]
    return piece[:-1] if piece.endswith(b"\n") else piece
