"""A canvas: rounded boxes and letters with smooth edges, and the PNG file that they become."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from itertools import pairwise
from math import ceil, hypot

from bot.reports.png_font import BETWEEN, CAP, letter

Colour = tuple[int, int, int]
Mask = tuple[tuple[int, int, float], ...]
"""Pixels beside a letter's corner, and how much of each its strokes cover."""


class Canvas:
    """A picture in red, green and blue; the origin is its upper left corner."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.width, self.height = width, height
        self._pixels = bytearray(bytes(ground) * (width * height))
        self._mask = cache(_mask)

    def box(
        self, x: float, y: float, width: float, height: float, *, colour: Colour, radius: float = 0
    ) -> None:
        """A filled box with round corners."""
        radius = min(radius, width / 2, height / 2)
        middle = (x + width / 2, y + height / 2)
        half = (width / 2 - radius, height / 2 - radius)
        left, right = max(int(x), 0), min(ceil(x + width), self.width)
        edge = ceil(radius) + 1
        for row in range(max(int(y), 0), min(ceil(y + height), self.height)):
            down = max(abs(row + 0.5 - middle[1]) - half[1], 0)
            inner = range(left + edge, right - edge) if radius - down >= 0.5 else range(0)
            if inner:
                at = 3 * row * self.width
                self._pixels[at + 3 * inner.start : at + 3 * inner.stop] = bytes(colour) * len(inner)
            for column in (
                (*range(left, inner.start), *range(inner.stop, right)) if inner else range(left, right)
            ):
                aside = max(abs(column + 0.5 - middle[0]) - half[0], 0)
                self._blend(column, row, colour, radius - hypot(aside, down) + 0.5)

    def text(self, x: float, y: float, words: str, *, size: float, colour: Colour, pen: float = 0.11) -> None:
        """Words from ``x`` on, their baseline at ``y``; ``pen``: the strokes' width, capitals being 1."""
        for name in words:
            left = int(x)
            for right, down, cover in self._mask(name, size, pen, round(x - left, 1)):
                self._blend(left + right, round(y) + down, colour, cover)
            x += (letter(name)[1] + BETWEEN) * size / CAP

    def _blend(self, column: int, row: int, colour: Colour, cover: float) -> None:
        if cover <= 0 or not (0 <= column < self.width and 0 <= row < self.height):
            return
        at = 3 * (row * self.width + column)
        if cover >= 1:
            self._pixels[at : at + 3] = bytes(colour)
            return
        for channel, new in enumerate(colour):
            old = self._pixels[at + channel]
            self._pixels[at + channel] = round(old + (new - old) * cover)

    def png(self) -> bytes:
        """The picture as a file (PNG specification, eight bits of true colour, no filter)."""
        line = 3 * self.width
        rows = b"".join(b"\0" + self._pixels[at : at + line] for at in range(0, len(self._pixels), line))
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _mask(name: str, size: float, pen: float, shift: float) -> Mask:
    """The pixels of one letter, ``shift`` of a pixel to the right."""
    scale, radius = size / CAP, size * pen / 2
    strokes, width = letter(name)
    lines = [
        (shift + a[0] * scale, -a[1] * scale, shift + b[0] * scale, -b[1] * scale)
        for stroke in strokes
        for a, b in pairwise(stroke)
    ]
    edge = ceil(radius) + 1
    found = []
    for down in range(-ceil(16 * scale) - edge, ceil(5 * scale) + edge):
        for right in range(-edge, ceil(width * scale) + edge + 1):
            away = min((_distance(right + 0.5, down + 0.5, *line) for line in lines), default=edge)
            if away < radius + 0.5:
                found.append((right, down, radius + 0.5 - away))
    return tuple(found)


def _distance(x: float, y: float, *line: float) -> float:
    """From a point to the nearest one of a line between two points."""
    x1, y1, x2, y2 = line
    along, up = x2 - x1, y2 - y1
    square = along * along + up * up
    share = max(0.0, min(1.0, ((x - x1) * along + (y - y1) * up) / square)) if square else 0.0
    return hypot(x - x1 - share * along, y - y1 - share * up)
