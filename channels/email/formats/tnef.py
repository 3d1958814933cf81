"""TNEF, ``winmail.dat`` (MS-OXTNEF): its body and files, in one pass, within bounds."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from channels.email.encoding import charset
from channels.email.formats import mapi, rtf
from channels.email.formats.mapi import Properties

SIGNATURE = b"\x78\x9f\x3e\x22"
MOST_ATTRIBUTES, MOST_FILES, MOST_RTF, DEEPEST = 5000, 200, 2, 3
_HEAD = struct.Struct("<BII")
_CODEPAGE, _BODY, _MESSAGE = 0x00069007, 0x0002800C, 0x00069003
_BEGINS, _TITLE, _DATA, _PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_NAME, _LONG_NAME, _TYPE, _CONTENT_ID, _OBJECT = 0x3704, 0x3707, 0x370E, 0x3712, 0x3701
_TEXT, _RTF, _HTML, _CHARSET = 0x1000, 0x1009, 0x1013, 0x3FDE
_EMBEDDED = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
"""IID_IMessage: what follows is a TNEF stream of its own."""


@dataclass(slots=True)
class Enclosed:
    """A file in a TNEF."""

    name: str = ""
    type: str = ""
    data: bytes = b""
    inline: bool = False


@dataclass(slots=True)
class Tnef:
    """The readable content of a TNEF."""

    text: str = ""
    html: str = ""
    files: list[Enclosed] = field(default_factory=list)
    whole: bool = True
    """False if it ends too early, or holds more than we look at."""

    @property
    def empty(self) -> bool:
        """Has it neither words nor files? Then it means something to Outlook only."""
        return not (self.text or self.html or self.files)


@dataclass(slots=True)
class _Room:
    """The limits that all messages within one file share."""

    rtf: int = MOST_RTF


def read(data: bytes) -> Tnef | None:
    """The body (text or HTML, not cleaned) and the files; None if it is no TNEF."""
    return _read(data, 0, _Room())


def _read(data: bytes, depth: int, room: _Room) -> Tnef | None:
    if not data.startswith(SIGNATURE) or depth >= DEEPEST:
        return None
    reading = _Reading(depth, room)
    for number, value in _attributes(data, reading.result):
        reading.take(number, value)
    return reading.done()


def _attributes(data: bytes, result: Tnef) -> Iterator[tuple[int, bytes]]:
    at = len(SIGNATURE) + 2
    for _ in range(MOST_ATTRIBUTES):
        if at >= len(data):
            return
        if at + _HEAD.size > len(data):
            break
        _, number, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        if at + length > len(data):
            break
        yield number, data[at : at + length]
        at += length + 2
    result.whole = False


class _Reading:
    """Collects attributes; those of a file stand between two that begin one."""

    def __init__(self, depth: int, room: _Room) -> None:
        self.result = Tnef()
        self._depth, self._room = depth, room
        self._codepage = ""
        self._body: bytes = b""
        self._properties: Properties = {}

    def take(self, number: int, value: bytes) -> None:
        files = self.result.files
        if number == _CODEPAGE and len(value) >= 4:
            self._codepage = f"cp{int.from_bytes(value[:4], 'little')}"
        elif number == _BODY:
            self._body = value
        elif number == _MESSAGE:
            self._properties = mapi.properties(value)
        elif number == _BEGINS:
            self.result.whole = self.result.whole and len(files) < MOST_FILES
            if self.result.whole:
                files.append(Enclosed())
        elif files and self.result.whole:
            self._of_file(files[-1], number, value)

    def _of_file(self, file: Enclosed, number: int, value: bytes) -> None:
        if number == _TITLE:
            file.name = file.name or self._decoded(value)
        elif number == _DATA:
            file.data = value
        elif number == _PROPERTIES:
            values = mapi.properties(value)
            file.name = (
                self._property_text(values, _LONG_NAME) or file.name or self._property_text(values, _NAME)
            )
            file.type = self._property_text(values, _TYPE).lower()
            file.inline = bool(values.get(_CONTENT_ID)) and file.type.startswith("image/")
            self._object(file, values)

    def _object(self, file: Enclosed, values: Properties) -> None:
        """Add a message or an OLE object that lies among the properties."""
        value = values.get(_OBJECT)
        if not isinstance(value, bytes):
            return
        inner = _read(value[16:], self._depth + 1, self._room) if value.startswith(_EMBEDDED) else None
        if inner is not None and not inner.empty:  # what lies beside it as data is only its icon
            words = inner.text if inner.text.strip() else inner.html
            file.name = f"{file.name or 'message'}.{'txt' if words is inner.text else 'html'}"
            file.type, file.data = (
                "text/plain" if words is inner.text else "text/html",
                words.encode("utf-8", "replace"),
            )
            room = MOST_FILES - len(self.result.files)
            self.result.files[-1:] = [*inner.files[: max(room, 0)], file]
        elif not file.data or value.startswith(_EMBEDDED):
            file.data = value[16:] if value[4:16] == _EMBEDDED[4:] else value

    def done(self) -> Tnef:
        """The result with its body: text if there is any, else HTML, else the compressed RTF's."""
        values = self._properties
        self.result.files = [file for file in self.result.files if file.data or file.name]
        self.result.text = self._property_text(values, _TEXT) or self._decoded(self._body)
        page, packed = values.get(_HTML), values.get(_RTF)
        if isinstance(page, bytes):
            declared = values.get(_CHARSET)
            codec = {65001: "utf-8"}.get(declared, f"cp{declared}") if isinstance(declared, int) else ""
            self.result.html = charset.decode(page, codec)
        elif isinstance(page, str):
            self.result.html = page
        elif isinstance(packed, bytes) and not self.result.text.strip() and self._room.rtf:
            self._room.rtf -= 1
            self.result.text, self.result.html = rtf.words(rtf.unpacked(packed))
        return self.result

    def _property_text(self, values: Properties, number: int) -> str:
        value = values.get(number)
        if isinstance(value, bytes):
            return self._decoded(value)
        return value if isinstance(value, str) else ""

    def _decoded(self, value: bytes) -> str:
        return charset.decode(value.rstrip(b"\0"), self._codepage)
