"""Signed and encrypted mail is recognised: what casebot cannot read is said, and kept."""

from __future__ import annotations

import re

from channels.email.formats import cms
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
    kind, message = cms.opened(data)
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
