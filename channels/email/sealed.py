"""Signed and encrypted mail is recognised: what casebot cannot read is said, and kept."""

from __future__ import annotations

import re

from channels.email import tree
from channels.email.tree import Node

ENCRYPTED = "encrypted ({}): casebot cannot read it; the file is kept"
SIGNED = "signed ({}); the signature is not checked"
OPAQUE = "signed (S/MIME) in one piece: casebot does not open it; the file is kept"
INLINE = "encrypted (PGP): casebot cannot read it; the text is kept as it came"
_OPAQUE = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SIGNED_HEAD = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n(?:[A-Za-z]{1,20}: [^\n]*\n)*\n?", re.MULTILINE
)
_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----"
_SIGNATURE_END = "-----END PGP SIGNATURE-----"
_MESSAGE = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*$", re.MULTILINE)
_DASHED = re.compile(r"^- (?=-|From )", re.MULTILINE)


def note(node: Node) -> str:
    """What a part's type says of sealing (RFC 1847, 3156, 8551), or ``""``."""
    if node.media == "multipart/encrypted":
        return ENCRYPTED.format("PGP" if "pgp" in _protocol(node) else "by its sender")
    if node.media == "multipart/signed":
        return SIGNED.format("PGP" if "pgp" in _protocol(node) else "S/MIME")
    if node.media in _OPAQUE:
        kind = tree.parameter(node, "content-type", "smime-type").lower()
        return OPAQUE if kind == "signed-data" else ENCRYPTED.format("S/MIME")
    return ""


def _protocol(node: Node) -> str:
    return tree.parameter(node, "content-type", "protocol").lower()


def opened(text: str) -> tuple[str, str]:
    """A clean text without the armour of a PGP signature around it, and a note, ``""`` for ordinary text."""
    if "-----BEGIN PGP " not in text:
        return text, ""
    if _MESSAGE.search(text):
        return text, INLINE
    head = _SIGNED_HEAD.search(text)
    end = text.find(_SIGNATURE, head.end() - 1) if head else -1
    if head is None or end < 0:
        return text, ""
    said = _DASHED.sub("", text[head.end() : end])
    rest = text[end:].partition(_SIGNATURE_END)[2]
    return "\n".join(filter(str.strip, (text[: head.start()], said, rest))), SIGNED.format("PGP")
