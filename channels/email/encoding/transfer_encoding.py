"""Transfer encodings undone (RFC 2045, section 6); what is broken stays as it is."""

from __future__ import annotations

import binascii
import quopri
import re

from channels.email.encoding import uuencode

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
        words, files = uuencode.divided(body)
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
