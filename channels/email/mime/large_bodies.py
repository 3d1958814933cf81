"""Large bodies: kept out of the MIME parser by a placeholder."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from channels.email.mime.prescan import BLOCK, delimiters

LONG = 16 << 10
"""Bytes from which a body is worth it."""
REACH = BLOCK + 8
"""Bytes within which a part's headers end."""
_BLANK = re.compile(rb"\n\r?\n")


class LargeBodies:
    """The large bodies of one message, and the unpredictable marks that replace them."""

    def __init__(self, raw: bytes) -> None:
        self._bodies: list[bytes] = []
        self._token = "=_body-" + os.urandom(12).hex()
        self.raw = raw if len(raw) <= LONG else b"".join(self._pieces(raw))
        """The message with its marks."""

    @property
    def replaced(self) -> bool:
        """Has any body been replaced?"""
        return bool(self._bodies)

    def _pieces(self, raw: bytes) -> Iterator[bytes]:
        """The message with large bodies replaced by marks.

        Between two lines that may begin a part there is no other such line: at most one body.
        """
        ends = [*delimiters(raw), len(raw)]
        start = 0
        for end in ends:
            blank = _BLANK.search(raw, start, min(end, start + REACH))
            body = blank.end() if blank else start + REACH
            last = end - len(raw[end - 2 : end]) + len(raw[end - 2 : end].rstrip(b"\r\n"))
            if last - body <= LONG:
                yield raw[start:end]
            else:
                yield raw[start:body] + self._mark(raw[body:last]) + raw[last:end]
            start = end

    def _mark(self, body: bytes) -> bytes:
        self._bodies.append(body)
        return f"{self._token}-{len(self._bodies) - 1}.".encode()

    def whole(self, payload: str) -> bytes:
        """The bytes of a body after parsing, with its marks replaced by the originals."""
        if not self._bodies or self._token not in payload:
            return payload.encode("utf-8", "surrogateescape")
        first, *chunks = payload.split(self._token)
        pieces = [first.encode("utf-8", "surrogateescape")]
        for chunk in chunks:
            number, _, after = chunk.removeprefix("-").partition(".")
            pieces += [self._bodies[int(number)], after.encode("utf-8", "surrogateescape")]
        return b"".join(list(filter(None, pieces)))  # a lone body is returned without a copy
