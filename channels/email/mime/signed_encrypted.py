"""Signed and encrypted mail is recognised: what casebot cannot read is said, and kept."""

from __future__ import annotations

import re
from typing import Literal

from channels.email.mime import tree
from channels.email.mime.tree import Node

ENCRYPTED = "encrypted ({}): casebot cannot read it; the file is kept"
SIGNED = "signed ({}); the signature is not checked"
UNKNOWN = "S/MIME that casebot cannot read; the file is kept"
INLINE = "encrypted (PGP): casebot cannot read it; the text is kept as it came"
_CONTAINERS = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNED_HEAD = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z]{1,20}: [^\n]*\n)*\n?", re.MULTILINE
)
_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----"
_SIGNATURE_END = "-----END PGP SIGNATURE-----"
_MESSAGE = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*$", re.MULTILINE)
_DASHED = re.compile(r"^- (?=-|From )", re.MULTILINE)


def note(node: Node) -> str:
    """The note on signing or encryption that a part's type implies (RFC 1847, 3156, 8551), or ``""``."""
    if node.media == "multipart/encrypted":
        return ENCRYPTED.format("PGP" if "pgp" in _protocol(node) else "by its sender")
    if node.media == "multipart/signed":
        return SIGNED.format("PGP" if "pgp" in _protocol(node) else "S/MIME")
    return ""


def container(node: Node) -> bool:
    """Is it a whole message in one S/MIME file (RFC 8551, section 3.5)?"""
    return node.media in _CONTAINERS


def contents(data: bytes) -> tuple[bytes, str]:
    """The readable message in such a file, or ``b""``, and a note."""
    kind, message = cms_opened(data)
    if kind == "signed" and message:
        return message, SIGNED.format("S/MIME")
    return b"", ENCRYPTED.format("S/MIME") if kind == "encrypted" else UNKNOWN


def _protocol(node: Node) -> str:
    return tree.parameter(node, "content-type", "protocol").lower()


def opened(text: str) -> tuple[str, str]:
    """A clean text without the armour of a PGP signature, and a note, ``""`` for ordinary text."""
    if "-----BEGIN PGP " not in text:
        return text, ""
    if _MESSAGE.search(text):
        return text, INLINE
    head = _SIGNED_HEAD.search(text)
    end = text.find(_SIGNATURE, head.end() - 1) if head else -1
    if head is None or end < 0:
        return text, ""
    words = _DASHED.sub("", text[head.end() : end])
    below = text[end:].partition(_SIGNATURE_END)[2]
    return "\n".join(filter(str.strip, (text[: head.start()], words, below))), SIGNED.format("PGP")


CmsKind = Literal["signed", "encrypted", "unknown"]
_PREFIX = bytes.fromhex("2a864886f70d01")
_DATA, _SIGNED, _ENVELOPED = _PREFIX + b"\x07\x01", _PREFIX + b"\x07\x02", _PREFIX + b"\x07\x03"
_AUTHENTICATED = _PREFIX + b"\x09\x10\x01\x17"
_SEQUENCE, _SET, _INTEGER, _OID, _OCTETS, _SEGMENTS, _FIRST = 0x30, 0x31, 0x02, 0x06, 0x04, 0x24, 0xA0


def cms_opened(data: bytes) -> tuple[CmsKind, bytes]:
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
