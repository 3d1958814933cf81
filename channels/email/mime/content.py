"""The content of a mail: what is read and what is kept, by type (RFC 2046, section 5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from channels import text
from channels.email.encoding import charset, transfer_encoding
from channels.email.formats import html_to_text, icalendar, tnef
from channels.email.formats.tnef import Tnef
from channels.email.mime import (
    attachment,
    embedded_message,
    part_text,
    prescan,
    related,
    repair,
    signed_encrypted,
    tree,
)
from channels.email.mime.attachment import File
from channels.email.mime.part_text import decoded
from channels.email.mime.tree import Node

LARGEST_TEXT, LONGEST_TEXT = 1 << 20, 256 << 10
"""Bytes of text and markup that are read of one mail, and characters that are shown; a part that is cut is kept whole
as an attachment too."""
MOST_SHOWN, MOST_OPENED, MOST_COMPARED, MOST_FILES = 3, 3, 5, 1000
"""Messages within whose words are shown; calendars and winmail.dat that are looked into; parts that are compared
with the text beside which they stand; files that are kept."""
LONGEST_COMPARED = 64 << 10
"""Bytes of such a part: what begins with the same words goes on with them."""
_READABLE = ("text/plain", "text/html")
_MESSAGES = ("message/rfc822", "message/global")
_CALENDARS = ("text/calendar", "application/ics")
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")
_SKELETON = re.compile(
    r"^(?:--.*|(?:content|mime)-[a-z-]{1,40}:.*(?:\n[ \t].*)*)\n?", re.IGNORECASE | re.MULTILINE
)


@dataclass(slots=True)
class Content:
    """The texts and files of a mail, in its order."""

    texts: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    enclosed: list[str] = field(default_factory=list)
    """What others wrote, in messages that lie within this one."""
    invitations: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What could not be read, or is only recognised, in words."""
    html_used: bool = False
    page: Node | None = None
    """HTML that says again what a plain text says."""
    room: int = LARGEST_TEXT
    free: int = LONGEST_TEXT
    """Bytes of text that are still read, and characters that are still shown."""
    opened: int = 0
    """Calendars and archives that were looked into."""
    compared: int = 0
    """Parts of which it was asked whether they only say again what is shown."""
    depth: int = 0
    """1 within a message within the mail, whose files stay in it."""

    @property
    def has_words(self) -> bool:
        return any(words.strip() for words in self.texts)

    def text(self) -> str:
        """Its words; those of an invitation if there are no others."""
        return "\n\n".join(
            words for words in (self.texts if self.has_words else self.invitations) if words.strip()
        )

    def keep(self, file: File | None) -> None:
        if file is not None and not self.depth and len(self.files) < MOST_FILES:
            self.files.append(file)

    def say(self, words: str) -> bool:
        """Add text to show; False if not all of it fits."""
        self.texts.append(words[: self.free])
        whole = len(words) <= self.free
        self.free = max(0, self.free - len(words))
        return whole

    def may_open(self) -> bool:
        self.opened += 1
        return self.opened <= MOST_OPENED

    def may_compare(self) -> bool:
        self.compared += 1
        return not self.depth and self.compared <= MOST_COMPARED

    def note(self, words: str) -> None:
        if words and words not in self.notes:
            self.notes.append(words)


def of(top: Node, raw: bytes) -> Content:
    """The body of a message that came as ``raw``. If broken MIME leaves nothing, its bytes are the text."""
    return _read(top, raw, Content())


def _read(top: Node, raw: bytes, body: Content) -> Content:
    _gather(top, body)
    if not (top.leaf or body.has_words or body.files or body.enclosed or body.invitations):
        below = raw[prescan.header_end(raw) :]
        body.say(_SKELETON.sub("", text.clean(charset.decode(below[:LARGEST_TEXT]))).strip("\n"))
    return body


def _gather(node: Node, body: Content) -> None:
    body.note(signed_encrypted.note(node))
    if node.leaf:
        _leaf(node, body)
    elif not node.parts:
        _undivided(node, body)
    elif node.media == "multipart/alternative":
        _alternative(node.parts, body)
    elif node.media == "multipart/related":
        _rooted(related.root(node, _READABLE), node.parts, body)
    elif node.media in ("multipart/signed", "multipart/report", "multipart/encrypted"):
        _rooted(node.parts[0], node.parts, body)
    else:
        for child in node.parts:
            _gather(child, body)


def _undivided(node: Node, body: Content) -> None:
    """Read a multipart without any delimiter: its content was meant to be read."""
    data = tree.data(node)
    shown = data[: body.room]
    body.room -= len(shown)
    if not body.say(_words(node, shown, body)) or len(shown) < len(data):
        body.keep(attachment.made("", "text/plain", data))


def _alternative(children: list[Node], body: Content) -> None:
    """Read the plain text if it has any words, else the last part that has; keep what is no text."""
    before = len(body.texts)
    plain: list[Node] = []
    others: list[Node] = []
    for child in children:
        (plain if child.media == "text/plain" and not attachment.declared(child) else others).append(child)
    if plain and not body.depth:
        body.page = body.page or _page(others)
    for child in plain:
        _gather(child, body)
    for child in reversed(others):
        has_words = any(words.strip() for words in body.texts[before:])
        if has_words and (child.media in _READABLE or not child.leaf):
            _beside(child, body)
        else:
            _gather(child, body)


def _page(children: list[Node], depth: int = 3) -> Node | None:
    """The first HTML part among these, or within them."""
    for child in children:
        if child.media == "text/html" and not attachment.declared(child):
            return child
        if depth and not child.leaf and (page := _page(child.parts, depth - 1)):
            return page
    return None


def _rooted(root: Node, children: list[Node], body: Content) -> None:
    """Read only the root of a related multipart; keep what belongs to it."""
    if root.leaf and root.media in _READABLE and not attachment.named(root):
        _text(root, body)  # whatever its disposition says
    else:
        _gather(root, body)
    for child in children:
        if child is not root:
            _beside(child, body)


def _beside(node: Node, body: Content) -> None:
    """Keep what accompanies a shown text, except what only repeats it."""
    if node.leaf:
        if node.media not in _READABLE or attachment.declared(node) or not _repeated(node, body):
            body.keep(attachment.of(node))
    elif not node.parts:
        _undivided(node, body)
    else:
        for child in node.parts:
            _beside(child, body)


def _repeated(node: Node, body: Content) -> bool:
    if not body.may_compare():
        return False
    data, shown = tree.data(node)[:LONGEST_COMPARED], "\n".join(body.texts)
    if node.media == "text/html" and part_text.page_repeats(decoded(node, data), shown):
        return True
    return part_text.repeats(_words(node, data, body), shown)


def _leaf(node: Node, body: Content) -> None:
    if node.media in _READABLE and not attachment.declared(node):
        _text(node, body)
    elif node.media in _MESSAGES:
        _message(node, body)
    elif node.media in _CALENDARS:
        body.keep(attachment.of(node))
        if body.may_open():
            body.invitations.append(icalendar.summary(decoded(node, tree.data(node)[:LARGEST_TEXT])))
    elif node.media in _TNEF or attachment.named(node).lower() == "winmail.dat":
        _tnef(node, body)
    elif signed_encrypted.container(node):
        _container(node, body)
    else:
        body.keep(attachment.of(node))


def _container(node: Node, body: Content) -> None:
    """Read what is only signed; keep what is encrypted."""
    message, note = (
        signed_encrypted.contents(tree.data(node)) if body.may_open() else (b"", signed_encrypted.UNKNOWN)
    )
    body.note(note)
    if message:
        _gather(repair.parse(message), body)
    else:
        body.keep(attachment.of(node))


def _text(node: Node, body: Content) -> None:
    data = tree.data(node)
    if b"begin " in data and node.media == "text/plain":
        data, files = transfer_encoding.uuencoded(data)
        for name, content in files:
            body.keep(attachment.made(name, "application/octet-stream", content))
    cut = len(data) > body.room
    data = data[: body.room]
    if cut and node.media == "text/html":  # not within a tag
        data = data[: data.rfind(b">") + 1] or data
    body.room -= len(data)
    words = _words(node, data, body)
    if not body.say(words) or cut:
        body.keep(attachment.of(node))
    body.html_used = body.html_used or (node.media == "text/html" and bool(words.strip()))


def _words(node: Node, data: bytes, body: Content) -> str:
    words = decoded(node, data)
    if node.media == "text/html":
        return text.clean(html_to_text.to_text(words))
    words, note = signed_encrypted.opened(text.clean(words))
    body.note(note)
    if tree.parameter(node, "content-type", "format").lower() == "flowed":
        words = part_text.unflowed(words, delete=tree.parameter(node, "content-type", "delsp").lower())
    return words


def _message(node: Node, body: Content) -> None:
    """Keep an embedded message whole; show the first few, but not what is embedded in them."""
    if body.depth:
        return
    raw = tree.data(node)
    message = repair.parse(raw)
    body.keep(attachment.of(node, name=embedded_message.name(message)))
    if len(body.enclosed) < MOST_SHOWN:
        block = embedded_message.block(message, _read(message, raw, Content(depth=1)).text())
        body.enclosed += [block] if block else []


def _tnef(node: Node, body: Content) -> None:
    """Read a TNEF's body, if the mail says nothing else, and its files.

    The whole TNEF is kept only if some of it is left unread.
    """
    enclosed = tnef.read(tree.data(node)) if body.may_open() else None
    if enclosed is None or not enclosed.whole:
        body.note("winmail.dat could not be read, or only in part; it is kept")
    if enclosed is None or not enclosed.whole or enclosed.empty or not _shown(enclosed, body):
        body.keep(attachment.of(node, name="winmail.dat"))
    for file in enclosed.files if enclosed else ():
        body.keep(
            attachment.made(file.name, file.type or "application/octet-stream", file.data, inline=file.inline)
        )


def _shown(enclosed: Tnef, body: Content) -> bool:
    """Show the TNEF's text; False if the mail says something else."""
    page = "" if enclosed.text.strip() else html_to_text.to_text(enclosed.html[:LARGEST_TEXT])
    words = text.clean(page or enclosed.text[:LARGEST_TEXT])
    if body.has_words:
        return part_text.repeats(words, "\n".join(body.texts))
    body.html_used = body.html_used or bool(page)
    return body.say(words)
