"""MAPI properties as TNEF carries them (MS-OXTNEF, 2.1.3.4), within bounds."""

from __future__ import annotations

import struct
from itertools import islice

Properties = dict[int, "bytes | str | int"]
"""Property id → its (first) value: bytes for strings of 8 bits and binaries, text for Unicode, int for a LONG."""
MOST = 5000
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_STRING, _UNICODE, _OBJECT, _BINARY, _LONG, _MANY = 0x1E, 0x1F, 0xD, 0x102, 3, 0x1000
_VARIABLE = frozenset({_STRING, _UNICODE, _OBJECT, _BINARY})
_NAMED = 0x8000
_PAIR, _WORD = struct.Struct("<HH"), struct.Struct("<I")


def properties(data: bytes) -> Properties:
    """All properties up to the first broken one; of one that comes twice, the first."""
    values: Properties = {}
    stream = _MapiStream(data)
    try:
        for _ in range(min(stream.word(), MOST)):
            kind, number = stream.pair()
            if number >= _NAMED:
                stream.skip_name()
            value = stream.value(kind)
            if value is not None:
                values.setdefault(number, value)
    except (struct.error, ValueError):
        pass
    return values


class _MapiStream:
    """A position in the bytes; ``struct.error`` at their end, ``ValueError`` if no property is there."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def word(self) -> int:
        (number,) = _WORD.unpack_from(self._data, self._at)
        self._at += 4
        return int(number)

    def pair(self) -> tuple[int, int]:
        first, second = _PAIR.unpack_from(self._data, self._at)
        self._at += 4
        return first, second

    def skip_name(self) -> None:
        self._at += 16
        if self.word() == 0:
            self._at += 4
        else:
            self._padded(self.word())

    def value(self, kind: int) -> bytes | str | int | None:
        many, kind = kind & _MANY, kind & ~_MANY
        if kind in _VARIABLE:
            count = self.word()
            values = [self._padded(self.word()) for _ in islice(range(count), MOST)]
            return _typed(kind, values[0]) if values else None
        size = _SIZES.get(kind)
        if size is None:
            raise ValueError("no type of MAPI")
        if many:
            count = self.word()
            self._at += size * count
            return None
        value = self._padded(size)
        return int.from_bytes(value, "little") if kind == _LONG else None

    def _padded(self, length: int) -> bytes:
        end = self._at + length
        if end > len(self._data):
            raise ValueError("cut off")
        padded = self._data[self._at : end]
        self._at = end + -length % 4
        return padded


def _typed(kind: int, value: bytes) -> bytes | str:
    return value.decode("utf-16-le", "replace").rstrip("\0") if kind == _UNICODE else value
