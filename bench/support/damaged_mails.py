"""Mails that were damaged on their way: each the same for the same seed and number."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

LARGEST = 256 << 10
"""Bytes of a damaged mail; what becomes longer is cut."""
_HEADER = re.compile(rb"^([!-9;-~]+):([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)
_CHARSET = re.compile(rb"charset=[^\s;]+", re.IGNORECASE)
_ENCODING = re.compile(rb"^(content-transfer-encoding:)[^\n]*", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(rb"^(content-type:[ \t]*)[^\s;]*", re.IGNORECASE | re.MULTILINE)
_MARK = re.compile(rb'^--[^\n]*$|boundary="?[^\s";]*', re.IGNORECASE | re.MULTILINE)
_CHARSETS = (
    "utf-8", "utf-7", "utf-16", "utf-16le", "utf-32", "iso-2022-jp", "iso-2022-kr", "hz", "gb18030", "big5", "koi8-r",
    "idna", "punycode", "unicode_escape", "rot13", "zlib", "cp1252", "mac-roman", "x-unknown",
    "\"", "''", "=?utf-8?q?x?=",
)  # fmt: skip
_ENCODINGS = (
    "base64",
    "quoted-printable",
    "x-uuencode",
    "8bit",
    "binary",
    "7bit",
    "base64;x",
    "nonsense",
    "",
)
_TYPES = (
    "text/plain", "text/html", "text/calendar", "message/rfc822", "message/delivery-status", "message/partial",
    "multipart/mixed", "multipart/alternative", "multipart/related", "multipart/signed", "multipart/encrypted",
    "multipart/report", "multipart/digest", "application/ms-tnef", "application/pkcs7-mime", "image/png", "text",
    "/", "",
)  # fmt: skip
_MAGIC = (
    b"\0", b"\r", b"\n\n", b"\r\n\r\n", b"\x1b$B", b"~{", b"\xff\xfe", b"\xf0\x9f\x92\xa9", b"=?utf-8?b?", b"=?x?q??=",
    b"<div>" * 500, b"</p>" * 500, b">" * 3000, b"(" * 3000, b'"' * 999, b"\\" * 999, b";" * 3000, b"<" * 3000,
    b"\nbegin 644 x\n", b"\nend\n", b"=", b"=3D=\n", b"&#x110000;", b"<!--", b"<style>", b"<blockquote>" * 200,
    b"\nFrom: x\n", b"\nContent-Type: multipart/mixed; boundary=a\n\n--a\n", b"\n-- \n", b"\n> " * 500,
    b"-----BEGIN PGP SIGNED MESSAGE-----\n", b"-----BEGIN PGP MESSAGE-----\n", b"\xe2\x80\xae", b"\xed\xa0\x80",
    b"; filename*0*=utf-8''a; filename*1=b", b" format=flowed; delsp=yes", b"BEGIN:VEVENT\nDTSTART:99999999\n",
    b"x\x9f\x3e\x22", b"\n\t" * 500, b"@" * 500, b"a," * 1000,
)  # fmt: skip


class DamagedMails:
    """Draws a mail and one to four mishaps."""

    def __init__(self, mails: Sequence[bytes], *, seed: int) -> None:
        self._mails, self._seed = mails, seed

    def mutant(self, number: int) -> bytes:
        """Return the damaged mail of that number."""
        dice = random.Random(f"{self._seed}/{number}")
        mail = dice.choice(self._mails)
        for _ in range(dice.choices((1, 2, 4, 9), (5, 3, 2, 1))[0]):
            mail = dice.choice(_MISHAPS)(mail, dice.choice(self._mails), dice)[:LARGEST]
        return mail


Mishap = Callable[[bytes, bytes, random.Random], bytes]


def _flipped(mail: bytes, other: bytes, dice: random.Random) -> bytes:
    changed = bytearray(mail)
    for _ in range(dice.choice((1, 3, 30)) if mail else 0):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _cut(mail: bytes, other: bytes, dice: random.Random) -> bytes:
    first, last = _two(mail, dice)
    return dice.choice((mail[:first], mail[last:], mail[:first] + mail[last:]))


def _twice(mail: bytes, other: bytes, dice: random.Random) -> bytes:
    first, last = _two(mail, dice)
    return mail[:first] + mail[first:last] * dice.choice((2, 2, 3, 50)) + mail[last:]


def _spliced(mail: bytes, other: bytes, dice: random.Random) -> bytes:
    first, _ = _two(mail, dice)
    _, last = _two(other, dice)
    within = b"Content-Type: message/rfc822\r\n\r\n" + other
    return dice.choice((mail[:first] + other[last:], mail[:first] + other + mail[first:], within))


def _headers_swapped(mail: bytes, other: bytes, dice: random.Random) -> bytes:
    ours = list(_HEADER.finditer(mail[:20_000]))
    theirs = list(_HEADER.finditer(other[:20_000]))
    if not ours or not theirs:
        return mail
    here, there = dice.choice(ours), dice.choice(theirs)
    value = there[2] if dice.random() < 0.7 else there[1]
    return mail[: here.start(2)] + value + mail[here.end(2) :]


def _put_in(mail: bytes, other: bytes, dice: random.Random) -> bytes:
    at, _ = _two(mail, dice)
    return mail[:at] + dice.choice(_MAGIC) + mail[at:]


def _boundary_damaged(mail: bytes, other: bytes, dice: random.Random) -> bytes:
    marks = list(_MARK.finditer(mail))
    if not marks:
        return mail
    mark = dice.choice(marks)
    another = dice.choice(marks)[0]
    changed = dice.choice(
        (b"", mark[0] + b"--", mark[0][:-1], mark[0] + b" \t", another, mark[0].upper(), mark[0] * 2)
    )
    return mail[: mark.start()] + changed + mail[mark.end() :]


def _charset_swapped(mail: bytes, other: bytes, dice: random.Random) -> bytes:
    return _CHARSET.sub(b"charset=" + dice.choice(_CHARSETS).encode(), mail, count=dice.choice((0, 1)))


def _encoding_swapped(mail: bytes, other: bytes, dice: random.Random) -> bytes:
    name = dice.choice(_ENCODINGS).encode()
    if not _ENCODING.search(mail):
        return b"Content-Transfer-Encoding: " + name + b"\n" + mail
    return _ENCODING.sub(rb"\1 " + name, mail, count=dice.choice((0, 1)))


def _type_swapped(mail: bytes, other: bytes, dice: random.Random) -> bytes:
    return _TYPE.sub(rb"\1" + dice.choice(_TYPES).encode(), mail, count=dice.choice((0, 1, 1)))


def _lines_ended_otherwise(mail: bytes, other: bytes, dice: random.Random) -> bytes:
    end = dice.choice((b"\r\n", b"\n", b"\r", b"\r\r\n", b"\n\r"))
    return mail.replace(b"\r\n", b"\n").replace(b"\n", end)


def _two(mail: bytes, dice: random.Random) -> tuple[int, int]:
    """Two places, more often near the top, where headers are."""
    reach = len(mail) if dice.random() < 0.6 else min(len(mail), 2000)
    first, last = sorted((dice.randint(0, reach), dice.randint(0, reach)))
    return first, last


_MISHAPS: tuple[Mishap, ...] = (
    _flipped, _cut, _twice, _spliced, _headers_swapped, _put_in, _put_in, _boundary_damaged, _charset_swapped,
    _encoding_swapped, _type_swapped, _lines_ended_otherwise,
)  # fmt: skip
