"""Packed bytes: compressed by Zstandard (RFC 8878) while they are in the store."""

from __future__ import annotations

import threading
from functools import cache
from pathlib import Path

import zstandard
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

LARGEST = 1 << 20
"""Bytes that are unpacked into: more is nothing that was packed here."""
_MAGIC = b"\x28\xb5\x2f\xfd"
_LEAST = 200
"""Bytes below which nothing is gained."""
_LEVEL = 1


class _Packer(threading.local):
    """What packs and unpacks, made once in each thread: that takes longer than a mail does."""

    def __init__(self) -> None:
        self.packed = zstandard.ZstdCompressor(level=_LEVEL).compress
        self.packed_alike = zstandard.ZstdCompressor(level=_LEVEL, dict_data=_dictionary()).compress
        self.unpacked = zstandard.ZstdDecompressor(dict_data=_dictionary()).decompress


@cache
def _dictionary() -> zstandard.ZstdCompressionDict:
    """What notices by mail have in common, in all languages (``bench.corpus.dictionary`` has made it)."""
    words = zstandard.ZstdCompressionDict(Path(__file__).with_name("notices.zstd").read_bytes())
    words.precompute_compress(level=_LEVEL)
    return words


_packer = _Packer()


def packed_notice(content: bytes) -> bytes:
    """What we say by mail, packed by what such mails have in common."""
    return _packer.packed_alike(content)


def unpacked(content: bytes) -> bytes:
    """The bytes of a frame, made with the dictionary or without. Raises ``zstandard.ZstdError``."""
    return _packer.unpacked(content)


class Packed(TypeDecorator[bytes]):
    """Bytes that are packed while they are stored, if that gains anything.

    Whatever begins as a frame does is packed: so all that does is one. Rows of before, as they came, stay readable.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        if value is None:
            return None
        framed = value.startswith(_MAGIC)
        if len(value) < _LEAST and not framed:
            return value
        packed = _packer.packed(value)
        return packed if framed or len(packed) < len(value) else value

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        if value is None or not value.startswith(_MAGIC):
            return value
        try:
            size = zstandard.get_frame_parameters(value).content_size
            return unpacked(value) if size <= LARGEST else value
        except zstandard.ZstdError:
            return value  # it came so, before anything was packed
