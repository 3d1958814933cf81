"""S/MIME files: what one is, and the readable message in a signed one (RFC 5652)."""

from __future__ import annotations

from typing import Literal

CmsKind = Literal["signed", "encrypted", "unknown"]
_PREFIX = bytes.fromhex("2a864886f70d01")
_DATA, _SIGNED, _ENVELOPED = _PREFIX + b"\x07\x01", _PREFIX + b"\x07\x02", _PREFIX + b"\x07\x03"
_AUTHENTICATED = _PREFIX + b"\x09\x10\x01\x17"
_SEQUENCE, _SET, _INTEGER, _OID, _OCTETS, _SEGMENTS, _FIRST = 0x30, 0x31, 0x02, 0x06, 0x04, 0x24, 0xA0


def opened(data: bytes) -> tuple[CmsKind, bytes]:
    """The kind, and the content of a signed one, ``b""`` if there is none. No signature is checked."""
    stream = _BerStream(data)
    try:
        stream.enter(_SEQUENCE)
        kind = stream.value(_OID)
        if kind in (_ENVELOPED, _AUTHENTICATED):
            return "encrypted", b""
        if kind != _SIGNED:
            return "unknown", b""
        stream.enter(_FIRST)
        stream.enter(_SEQUENCE)
        stream.value(_INTEGER)
        stream.value(_SET)
        stream.enter(_SEQUENCE)
        if stream.value(_OID) != _DATA:
            return "signed", b""
        stream.enter(_FIRST)
        return "signed", stream.octets()
    except ValueError:
        return "unknown", b""


class _BerStream:
    """A position in BER data; ``ValueError`` where something unexpected stands."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def enter(self, tag: int) -> int | None:
        """Step into an element: its length, None if that is indefinite."""
        if self._byte() != tag:
            raise ValueError("another element")
        length = self._byte()
        if length == 0x80:
            return None
        if length < 0x80:
            return length
        if length > 0x84:
            raise ValueError("too long")
        return int.from_bytes(bytes(self._byte() for _ in range(length & 0x7F)), "big")

    def value(self, tag: int) -> bytes:
        """The bytes of a whole element of definite length."""
        length = self.enter(tag)
        if length is None or self._at + length > len(self._data):
            raise ValueError("no end")
        content = self._data[self._at : self._at + length]
        self._at += length
        return content

    def octets(self) -> bytes:
        """An octet string, in one piece or in segments of one level."""
        if self._data[self._at : self._at + 1] == bytes((_OCTETS,)):
            return self.value(_OCTETS)
        length = self.enter(_SEGMENTS)
        end = len(self._data) if length is None else min(self._at + length, len(self._data))
        pieces = []
        while self._at < end and self._data[self._at] == _OCTETS:
            pieces.append(self.value(_OCTETS))
        return b"".join(pieces)

    def _byte(self) -> int:
        if self._at >= len(self._data):
            raise ValueError("cut off")
        self._at += 1
        return self._data[self._at - 1]
