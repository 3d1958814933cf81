"""Uuencoded files within a text (POSIX, ``uuencode``)."""

from __future__ import annotations

import binascii
import re

MOST, MOST_FALSE = 100, 1000
"""Files of one text, and lines that only look like the beginning of one."""
_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,400})\r?\n", re.MULTILINE)


def divided(text: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """The text without its well-formed blocks, and each block's name (UTF-8 or Latin-1) and bytes.

    Linear.
    """
    words: list[bytes] = []
    files: list[tuple[str, bytes]] = []
    at = seen = false = 0
    while len(files) < MOST and false < MOST_FALSE and (begin := _BEGIN.search(text, at)):
        data, at = _block(text, begin.end())
        if data is None:
            false += 1
        else:
            words.append(text[seen : begin.start()])
            files.append((_name(begin[1]), data))
            seen = at
    return b"".join((*words, text[seen:])), files


def _block(text: bytes, at: int) -> tuple[bytes | None, int]:
    """The bytes of a block whose first line begins at ``at``, or None, and where to go on."""
    lines: list[bytes] = []
    while at < len(text):
        end = text.find(b"\n", at) + 1 or len(text)
        line, at = text[at:end].rstrip(b"\r\n"), end
        if line == b"end":
            return b"".join(lines), at
        data = _line(line)
        if data is None:
            break
        lines.append(data)
    return None, at


def _line(line: bytes) -> bytes | None:
    """The bytes of a line, or None if it is none. Blanks cut off at its end are zeros."""
    length = (line[0] - 32) & 63 if line else 0
    letters = (length + 2) // 3 * 4
    if len(line) > 65 or len(line) - 1 > letters + 1:
        return None
    try:
        return binascii.a2b_uu(line[: letters + 1].ljust(letters + 1)) if length else b""
    except binascii.Error:
        return None


def _name(name: bytes) -> str:
    try:
        return name.decode().strip()
    except UnicodeDecodeError:
        return name.decode("latin-1").strip()
