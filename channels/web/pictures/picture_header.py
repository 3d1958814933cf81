"""The header of a picture: its format and size, told by its first bytes and never by its name.

PNG (W3C PNG, 11.2.2), GIF (GIF89a, 18), WebP (RFC 9649), JPEG (ITU T.81, B.2.2) and its orientation (Exif 3.0, 4.6.5).
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

MOST_PIXELS = 50_000_000
"""Of a picture that a browser is given: it needs four bytes for each."""
LONGEST_SIDE = 20_000
MOST_BYTES = 30_000_000
_MOST_SEGMENTS = 300
"""Of a JPEG before its frame: a camera writes some ten."""
_ORIENTATION = re.compile(rb"\x01\x12\0\x03\0\0\0\x01\0(.)|\x12\x01\x03\0\x01\0\0\0(.)\0", re.DOTALL)
"""The field of Exif that has the orientation, in either byte order."""
_TURNED = (b"\5", b"\6", b"\7", b"\x08")
"""Orientations in which width and height change places."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a browser may show. ``width`` and ``height`` in pixels, as it is seen."""

    type: str
    width: int
    height: int
    size: int
    """Bytes."""

    def within(self, width: int, height: int) -> tuple[int, int]:
        """Its width and height where it is shown in a box; it is never made larger."""
        share = min(1.0, width / self.width, height / self.height)
        return max(1, round(self.width * share)), max(1, round(self.height * share))


def read(path: Path) -> Picture | None:
    """The picture in a file, which never changes; None for anything else, and for one that is too large."""
    try:
        return _read(path)
    except OSError:
        return None


@lru_cache(maxsize=10_000)
def _read(path: Path) -> Picture | None:
    size = path.stat().st_size
    if size > MOST_BYTES:
        return None
    try:
        with path.open("rb") as file:
            header = _header(file)
    except (struct.error, IndexError):
        return None
    if header is None:
        return None
    picture = Picture(*header, size)
    fits = 0 < picture.width * picture.height <= MOST_PIXELS
    return picture if fits and max(picture.width, picture.height) <= LONGEST_SIDE else None


def _header(file: BinaryIO) -> tuple[str, int, int] | None:
    start = file.read(32)
    if start.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"):
        return ("image/png", *struct.unpack(">II", start[16:24]))
    if start.startswith((b"GIF87a", b"GIF89a")):
        return ("image/gif", *struct.unpack("<HH", start[6:10]))
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return _webp(start)
    if start.startswith(b"\xff\xd8\xff"):
        return _jpeg(file)
    return None


def _webp(start: bytes) -> tuple[str, int, int] | None:
    kind = start[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(start[at : at + 3], "little") + 1 for at in (24, 27))
        return "image/webp", width, height
    if kind == b"VP8L" and start[20] == 0x2F:
        (bits,) = struct.unpack("<I", start[21:25])
        return "image/webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and start[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", start[26:30])
        return "image/webp", width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg(file: BinaryIO) -> tuple[str, int, int] | None:
    """Walk from segment to segment up to the frame, which has the size."""
    file.seek(2)
    turned = False
    for _ in range(_MOST_SEGMENTS):
        marker = _marker(file)
        (length,) = struct.unpack(">H", file.read(2))
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">xHH", file.read(5))
            return ("image/jpeg", height, width) if turned else ("image/jpeg", width, height)
        if marker == 0xE1 and length > 8 and not turned:
            field = _ORIENTATION.search(file.read(length - 2))
            turned = field is not None and (field[1] or field[2]) in _TURNED
        else:
            file.seek(length - 2, 1)
    return None


def _marker(file: BinaryIO) -> int:
    """The next marker; 0xFF before it may be repeated. Raises ``struct.error`` if there is none."""
    if file.read(1) != b"\xff":
        raise struct.error("no marker")
    for _ in range(16):
        (marker,) = struct.unpack("B", file.read(1))
        if marker != 0xFF:
            return int(marker)
    raise struct.error("no marker")
