"""An attachment: its name cleaned for display, its bytes as they were sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from channels import text
from channels.email.mime import headers, tree
from channels.email.mime.tree import Node

_NAMES = {
    "message/rfc822": "message.eml", "text/plain": "text.txt", "text/html": "text.html",
    "text/calendar": "invitation.ics", "image/png": "image.png", "image/jpeg": "image.jpg",
    "image/gif": "image.gif", "application/pdf": "document.pdf", "application/ms-tnef": "winmail.dat",
    "message/delivery-status": "delivery-status.txt", "application/pgp-signature": "signature.asc",
    "application/pkcs7-signature": "smime.p7s", "application/pkcs7-mime": "smime.p7m",
    "application/pgp-encrypted": "version.txt",
}  # fmt: skip
_SEALS = frozenset({
    "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
    "application/pgp-encrypted",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """An attachment with its bytes."""

    name: str
    type: str
    data: bytes
    sha256: str
    inline: bool = False
    """Nothing to list: a picture within the text, or what only says that something is sealed."""


def made(name: str, media: str, data: bytes, *, inline: bool = False) -> File:
    """A file; ``name`` as somebody else gave it, ``""`` for one that its type suggests."""
    shown = text.file_name(name) or _NAMES.get(media, "attachment")
    return File(shown, media, data, hashlib.sha256(data).hexdigest(), inline)


def of(node: Node, *, name: str = "") -> File | None:
    """A part as a file; None if it is empty. ``name`` is for one that its sender did not name."""
    data, given_name = tree.data(node), named(node)
    if not data and not given_name:
        return None
    return made(given_name or name, node.media, data, inline=_within(node))


def _within(node: Node) -> bool:
    if node.media in _SEALS:
        return True
    return "content-id" in node and not attached(node) and node.media.startswith("image/")


def attached(node: Node) -> bool:
    """Does its sender want it to be a file (RFC 2183)?"""
    return str(node.get("content-disposition", "")).strip().lower().startswith("attachment")


def declared(node: Node) -> bool:
    """Does its sender call it a file, whatever its type?"""
    return attached(node) or bool(named(node))


def named(node: Node) -> str:
    """The file name of a part, decoded (RFC 2231; and encoded words, which are common)."""
    name = tree.parameter(node, "content-disposition", "filename") or tree.parameter(
        node, "content-type", "name"
    )
    return headers.decoded(name) if name else ""
