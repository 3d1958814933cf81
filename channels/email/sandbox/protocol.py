"""The protocol of parent and child: a length, typed MessagePack, then the bytes that it announces."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeAlias, TypeVar

from msgspec import Meta, Struct, msgpack

from channels.email.sandbox.answer import ReadMail, Size, Unread

LONGEST = 64 << 20
"""Bytes of one frame's MessagePack; more is a sign that the two have lost step."""
LARGEST = 1 << 30
"""Bytes that follow one frame: what a child may have in memory."""
LARGE = 1 << 20
"""Bytes of a frame that is not copied once more to be written in one piece."""
_LENGTH = struct.Struct(">I")
_ENCODER = msgpack.Encoder()
ReadBytes = Callable[[int], bytes]
"""Reads exactly so many bytes, or raises ``EOFError``."""


class Ready(Struct, array_like=True, tag="ready"):
    """The child has started and limited itself."""

    @property
    def sizes(self) -> Sequence[int]:
        return ()


class Box(Struct, array_like=True):
    """A mailbox without its passwords."""

    address: str
    name: str
    authserv_id: str
    own_list_ids: tuple[str, ...]
    settings: dict[str, Any]


class DeskConfig(Struct, array_like=True, tag="desk"):
    """The desk whose mail is read from now on: the part of its config that a child needs."""

    mailboxes: tuple[Box, ...] = ()
    trusted_networks: tuple[str, ...] = ()
    domain: str = ""
    verify: bool = True

    @property
    def sizes(self) -> Sequence[int]:
        return ()


class Asked(Struct, array_like=True):
    """One letter to be read, without its bytes, and what is known of its case."""

    id: int
    key: str
    envelope: dict[str, Any]
    sent: tuple[bytes, ...]
    internal: tuple[str, ...]
    size: Size


class Call(Struct, array_like=True, tag="call"):
    """Letters to be read, one after the other; their bytes follow."""

    letters: Annotated[tuple[Asked, ...], Meta(max_length=10_000)]

    @property
    def sizes(self) -> Sequence[int]:
        return [letter.size for letter in self.letters]


ToChild: TypeAlias = DeskConfig | Call
ToParent: TypeAlias = Ready | ReadMail | Unread
CALLS: msgpack.Decoder[ToChild] = msgpack.Decoder(ToChild)
ANSWERS: msgpack.Decoder[ToParent] = msgpack.Decoder(ToParent)
_MessageT = TypeVar("_MessageT", ToChild, ToParent)


def pieces(message: ToChild | ToParent, blobs: Sequence[bytes] = ()) -> list[bytes]:
    """One frame, to be written in pieces: large blobs are not copied, small ones joined."""
    header = _ENCODER.encode(message)
    frame = [_LENGTH.pack(len(header)), header, *blobs]
    return frame if sum(map(len, blobs)) > LARGE else [b"".join(frame)]


def unpack(read: ReadBytes, decoder: msgpack.Decoder[_MessageT]) -> tuple[_MessageT, list[bytes]]:
    """The next frame, by ``CALLS`` or ``ANSWERS``.

    ``EOFError`` at the end; ``ValueError`` if it is no frame, or none of the decoder's types in every part: what
    the child says was made of foreign bytes.
    """
    (length,) = _LENGTH.unpack(read(4))
    if length > LONGEST:
        raise ValueError("no frame")
    try:
        message = decoder.decode(read(length))
    except RecursionError as error:
        raise ValueError("too deep") from error
    sizes = message.sizes
    if sum(sizes) > LARGEST:
        raise ValueError("too many bytes")
    return message, [read(size) for size in sizes]
