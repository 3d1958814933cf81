"""Bytes become a ``Mail``: frozen, clean, with nothing decided about what it means."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.commands import Identity
from channels.email import charset, flowed, headers, html, text, tree
from channels.email.tree import Node

LARGEST_TEXT = 1 << 20
"""Bytes of a text that are read; a longer one is kept whole as an attachment too."""
_READABLE = ("text/plain", "text/html")
_META = re.compile(rb"charset=[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_ENDINGS = {
    "message/rfc822": "message.eml", "text/plain": "text.txt", "text/html": "text.html",
    "text/calendar": "invitation.ics", "image/png": "image.png", "image/jpeg": "image.jpg",
    "image/gif": "image.gif", "application/pdf": "document.pdf", "application/ms-tnef": "winmail.dat",
    "message/delivery-status": "delivery-status.txt", "application/pgp-signature": "signature.asc",
    "application/pkcs7-signature": "smime.p7s", "application/pkcs7-mime": "smime.p7m",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """An attachment with its bytes."""

    name: str
    type: str
    data: bytes
    sha256: str
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as its writer meant it to be read."""

    fields: tuple[tuple[str, str], ...]
    """Every header of the mail itself, top first: name in lower case, value unfolded, not decoded."""
    media: str
    """The content type of the whole."""
    report: str = ""
    """``delivery-status``, ``disposition-notification``, ``feedback-report`` of a multipart/report."""
    sender: Identity | None = None
    to: tuple[Identity, ...] = ()
    copied: tuple[Identity, ...] = ()
    subject: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    """Oldest first, In-Reply-To at the end."""
    sent_at: datetime | None = None
    text: str = ""
    html_used: bool = False
    files: tuple[File, ...] = ()

    def all(self, name: str) -> Iterator[str]:
        """The values of a header, top first; ``name`` in lower case."""
        return (value for found, value in self.fields if found == name)

    def first(self, name: str) -> str:
        """The topmost value of a header, or ``""``."""
        return next(self.all(name), "")


def read(raw: bytes) -> Mail:
    """Any bytes become a mail (RFC 5322, RFC 2045–2049, RFC 2231); what is broken is left out, not raised."""
    top = tree.parse(raw)
    fields = tuple((name.lower(), headers.unfolded(value)) for name, value in top.raw_items())
    of: dict[str, list[str]] = {}
    for name, value in fields:
        of.setdefault(name, []).append(value)
    found = _Found()
    _gather(top, found)
    parents = [one for value in of.get("in-reply-to", ()) for one in headers.ids(value)]
    chain = [one for value in of.get("references", ()) for one in headers.ids(value)]
    return Mail(
        fields=fields,
        media=top.media,
        report=_report(top),
        sender=headers.sender(of.get("from", ())),
        to=headers.people(of.get("to", ())),
        copied=headers.people(of.get("cc", ())),
        subject=headers.decoded(of.get("subject", [""])[0]),
        message_id=next(iter(headers.ids(of.get("message-id", [""])[0])), ""),
        references=tuple(dict.fromkeys((*(one for one in chain if one not in parents), *parents))),
        sent_at=headers.date(of["date"][0]) if "date" in of else None,
        text="\n\n".join(one for one in found.texts if one.strip()),
        html_used=found.html_used,
        files=tuple(found.files),
    )


def _report(top: Node) -> str:
    """What kind of report a multipart/report is (RFC 6522, section 3)."""
    return (
        tree.parameter(top, "content-type", "report-type").lower() if top.media == "multipart/report" else ""
    )


@dataclass(slots=True)
class _Found:
    texts: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    html_used: bool = False


def _gather(node: Node, found: _Found) -> None:
    """What is to be read and what is to be kept, by the kind of multipart (RFC 2046, section 5.1)."""
    if node.leaf:
        _leaf(node, found)
    elif not node.is_multipart():  # its boundary is missing: what stands there was meant to be read
        found.texts.append(_text(node, tree.data(node)[:LARGEST_TEXT]))
    elif node.media == "multipart/alternative":
        _alternative(_children(node), found)
    elif node.media in ("multipart/related", "multipart/signed", "multipart/report"):
        _first(_children(node), found)
    else:
        for child in _children(node):
            _gather(child, found)


def _children(node: Node) -> list[Node]:
    payload = node.get_payload()
    return [child for child in payload if isinstance(child, Node)] if isinstance(payload, list) else []


def _alternative(children: list[Node], found: _Found) -> None:
    """The plain text if it says anything, else the last that does; what is no text is kept."""
    before = len(found.texts)
    plain = [child for child in children if child.media == "text/plain"]
    rest = [child for child in children if child.media != "text/plain"]
    for child in (*plain, *reversed(rest)):
        said = any(one.strip() for one in found.texts[before:])
        if said and child.media == "text/html":
            continue
        if said and not child.leaf:
            _only_files(child, found)
        else:
            _gather(child, found)


def _only_files(node: Node, found: _Found) -> None:
    """The pictures and files beside a text that is not needed."""
    if node.leaf:
        if node.media not in _READABLE:
            _keep(node, found)
        return
    for child in _children(node):
        _only_files(child, found)


def _first(children: list[Node], found: _Found) -> None:
    """A root with what belongs to it (RFC 2387): only the root is read."""
    for n, child in enumerate(children):
        if n == 0:
            _gather(child, found)
        elif child.leaf:
            _keep(child, found)
        else:
            _only_files(child, found)


def _leaf(node: Node, found: _Found) -> None:
    disposition = str(node.get("content-disposition", "")).strip().lower()
    if node.media not in _READABLE or disposition.startswith("attachment") or _named(node):
        _keep(node, found)
        return
    data = tree.data(node)
    if len(data) > LARGEST_TEXT:
        _keep(node, found)
    said = _text(node, data[:LARGEST_TEXT])
    found.html_used = found.html_used or (node.media == "text/html" and bool(said.strip()))
    found.texts.append(said)


def _text(node: Node, data: bytes) -> str:
    declared = tree.parameter(node, "content-type", "charset")
    if node.media == "text/html":
        if not declared and (meta := _META.search(data, 0, 2048)):
            declared = meta[1].decode("ascii")
        return text.clean(html.to_text(charset.decode(data, declared)))
    said = text.clean(charset.decode(data, declared))
    if tree.parameter(node, "content-type", "format").lower() == "flowed":
        said = flowed.joined(said, delete=tree.parameter(node, "content-type", "delsp").lower())
    return said


def _keep(node: Node, found: _Found) -> None:
    data = tree.data(node)
    if not data and not _named(node):
        return
    disposition = str(node.get("content-disposition", "")).strip().lower()
    inline = (
        "content-id" in node and not disposition.startswith("attachment") and node.media.startswith("image/")
    )
    found.files.append(
        File(
            name=text.file_name(_named(node)) or _ENDINGS.get(node.media, "attachment"),
            type=node.media,
            data=data,
            sha256=hashlib.sha256(data).hexdigest(),
            inline=inline,
        )
    )


def _named(node: Node) -> str:
    """The file name a part was given, decoded (RFC 2231; encoded words, which are common, too)."""
    name = tree.parameter(node, "content-disposition", "filename") or tree.parameter(
        node, "content-type", "name"
    )
    return headers.decoded(name) if name else ""
