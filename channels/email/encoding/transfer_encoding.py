"""Transfer encodings undone (RFC 2045, section 6); what is broken stays as it is."""

from __future__ import annotations

import binascii
import quopri
import re

_UUENCODE = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})
_BLANKS = b" \t\r\n\x0b\x0c"
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_OTHERS = bytes(set(range(256)) - set(_LETTERS))
_RUN = re.compile(rb"[^=]+={0,2}")
JUNK, SAMPLE = 1 / 20, 64 << 10
"""The share of characters that are not base64's, of so many bytes, up to which it is believed to be base64."""


def undone(body: bytes, encoding: str) -> bytes:
    """The decoded body; ``encoding`` as its header has it, whatever its case, blanks and comments."""
    if not encoding:
        return body
    name = next(iter(re.split(r"[\s;(]", encoding.strip()[:80].lower())))
    if name == "base64":
        return _base64(body)
    if name == "quoted-printable":
        return quopri.decodestring(body)
    if name in _UUENCODE:
        words, files = uuencoded(body)
        return files[0][1] if len(files) == 1 and not words.strip() else body
    return body


def _base64(body: bytes) -> bytes:
    """The bytes of a base64 body, also where a sender padded every piece of it."""
    sample = body[:SAMPLE].translate(None, _BLANKS)
    if len(sample.translate(None, _LETTERS)) > len(sample) * JUNK:
        return body
    padding = body.find(b"=")
    if padding < 0 or not body[padding : padding + SAMPLE].strip(b"=" + _BLANKS):
        try:
            return binascii.a2b_base64(body)
        except binascii.Error:
            pass
    letters = body.translate(None, _OTHERS)
    first, *runs = _RUN.findall(letters.lstrip(b"=")) or [b""]
    return b"".join((_piece(first), *(_piece(run) for run in runs if len(run) % 4 == 0)))


def _piece(letters: bytes) -> bytes:
    """The bytes of a run of letters; padding is repaired, a last letter of less than a byte dropped."""
    letters = letters.rstrip(b"=")
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


MOST, MOST_FALSE = 100, 1000
"""Files of one text, and lines that only look like the beginning of one."""
_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,400})\r?\n", re.MULTILINE)


def uuencoded(text: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
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
