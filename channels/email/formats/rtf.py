"""Compressed RTF (MS-OXRTFCP): its text, or the HTML within it (MS-OXRTFEX)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from channels.email.encoding import charset

LARGEST = 128 << 10
"""Bytes that are unpacked and looked at; longer ones are cut."""
DEEPEST = 500
_HEAD = struct.Struct("<IIII")
_PACKED, _PLAIN = 0x75465A4C, 0x414C454D
_FIRST = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What stands in the dictionary before anything was said."""
_SIZE = 4096
_TOKEN = re.compile(
    rb"\\(?P<word>[a-z]{1,32})(?P<number>-?[0-9]{1,10})?[ ]?|\\'(?P<code>[0-9a-fA-F]{2})|\\(?P<sign>[^a-z])"
    rb"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
_UNSEEN = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "header", "footer", "listtable",
    "listoverridetable",
})  # fmt: skip
_SIGNS = {
    "par": "\n", "line": "\n", "row": "\n", "tab": "\t", "cell": "\t", "emdash": "—", "endash": "–",
    "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
}  # fmt: skip


def unpacked(data: bytes) -> bytes:
    """The decompressed RTF, no more than ``LARGEST`` bytes of it; ``b""`` if it is none."""
    if len(data) < _HEAD.size:
        return b""
    _, size, kind, _ = _HEAD.unpack_from(data)
    body = data[_HEAD.size :]
    if kind == _PLAIN:
        return body[: min(size, LARGEST)]
    return _expanded(body, min(size, LARGEST)) if kind == _PACKED else b""


def _expanded(data: bytes, size: int) -> bytes:
    """LZ77 with a dictionary of 4 KiB that begins with common words (section 3.1.1)."""
    unpacked_data = bytearray(_FIRST)
    size += len(_FIRST)
    at = 0
    while at < len(data) and len(unpacked_data) < size:
        control = data[at]
        at += 1
        for bit in range(8):
            if not control >> bit & 1:
                unpacked_data += data[at : at + 1]
                at += 1
                continue
            pair = int.from_bytes(data[at : at + 2].ljust(2, b"\0"), "big")
            at += 2
            back = (len(unpacked_data) - (pair >> 4)) % _SIZE
            if back == 0 or at > len(data):  # the end says so by pointing at itself
                return bytes(unpacked_data[len(_FIRST) : size])
            _again(unpacked_data, len(unpacked_data) - back, (pair & 15) + 2)
    return bytes(unpacked_data[len(_FIRST) : size])


def _again(unpacked_data: bytearray, start: int, length: int) -> None:
    for at in range(start, start + length):
        unpacked_data.append(unpacked_data[at] if at >= 0 else 0)


@dataclass(slots=True)
class _Group:
    unseen: bool = False
    marked: bool = False
    """``\\*`` stood at its beginning: unless we know its word, it is not for us."""
    skipped: bool = False
    """Words that stand there for readers of RTF only (``\\htmlrtf``)."""
    few: int = 1
    """Characters that stand for one that is named by its number (``\\uc``)."""


def words(data: bytes) -> tuple[str, str]:
    """The text and the HTML of an RTF; one of the two is ``""``."""
    text = "".join(_Speaker().parsed(data[:LARGEST]))
    return ("", text) if b"\\fromhtml" in data[:4096] else (text.strip("\n"), "")


class _Speaker:
    """Follows the groups and yields the text that a reader would see."""

    def __init__(self) -> None:
        self._groups = [_Group()]
        self._codepage = "cp1252"
        self._skip = 0

    def parsed(self, data: bytes) -> Iterator[str]:
        pending = bytearray()  # the bytes of one character may be spelt one by one
        for token in _TOKEN.finditer(data):
            if token["text"]:
                pending += self._after_skip(token["text"])
            elif token["code"]:
                pending += self._after_skip(bytes.fromhex(token["code"].decode()))
            elif not token["brace"] and not token["word"] and not token["sign"]:
                continue  # a line's end says nothing
            else:
                yield self._decoded(pending)
                pending.clear()
                yield self._control(token)
        yield self._decoded(pending)

    def _control(self, token: re.Match[bytes]) -> str:
        if token["brace"]:
            self._brace(token["brace"])
            return ""
        return (
            self._sign(token["sign"])
            if token["sign"]
            else self._word(token["word"].decode(), token["number"])
        )

    def _after_skip(self, data: bytes) -> bytes:
        skipped = min(self._skip, len(data))
        self._skip -= skipped
        return data[skipped:] if self._heard() else b""

    def _decoded(self, pending: bytearray) -> str:
        return charset.decode(bytes(pending), self._codepage) if pending else ""

    @property
    def _now(self) -> _Group:
        return self._groups[-1]

    def _heard(self) -> bool:
        return not self._now.unseen and not self._now.skipped

    def _brace(self, brace: bytes) -> None:
        self._skip = 0
        now = self._now
        if brace == b"{" and len(self._groups) < DEEPEST:
            self._groups.append(_Group(now.unseen, False, now.skipped, now.few))
        elif brace == b"}" and len(self._groups) > 1:
            self._groups.pop()

    def _sign(self, sign: bytes) -> str:
        if sign == b"*":
            self._now.marked = True
            return ""
        sign_text = {b"~": "\u00a0", b"_": "-", b"\n": "\n", b"\r": "\n"}.get(sign)
        sign_text = sign_text if sign_text is not None else sign.decode("latin-1") if sign in b"\\{}" else ""
        return sign_text if self._heard() else ""

    def _word(self, word: str, number: bytes | None) -> str:
        value = int(number) if number else None
        now = self._now
        if word == "htmltag":
            now.unseen, now.marked = False, False
        elif word in _UNSEEN or now.marked:
            now.unseen, now.marked = True, False
        elif word == "htmlrtf":
            now.skipped = value != 0
        elif word == "ansicpg":
            self._codepage = f"cp{value}" if value != 65001 else "utf-8"
        elif word == "uc":
            now.few = min(max(value or 0, 0), 16)
        elif word == "u" and value is not None:
            self._skip = now.few
            return chr(value % 0x10000) if self._heard() else ""
        elif word in _SIGNS:
            return _SIGNS[word] if self._heard() else ""
        return ""
