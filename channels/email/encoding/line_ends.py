"""Line ends made bare piece by piece: a large message is hashed without a copy of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

PIECE = 1 << 20
"""Bytes."""


def pieces(raw: bytes, start: int) -> Iterator[bytes]:
    """The rest of a message with bare line ends, a megabyte at a time."""
    while start < len(raw):
        end = between(raw, start + PIECE)
        yield raw[start:end].replace(b"\r\n", b"\n")
        start = end


def trimmed(all_pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces of a message without the line ends at its very end."""
    ends = 0
    for piece in all_pieces:
        text = piece.rstrip(b"\n")
        if text:
            yield b"\n" * ends + text
            ends = 0
        ends += len(piece) - len(text)


def between(raw: bytes, at: int) -> int:
    """The first position from here on, or the end, that is not within a line end."""
    while raw[at - 1 : at] == b"\r":
        at += 1
    return min(at, len(raw))
