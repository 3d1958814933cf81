"""The MIME tree: the stdlib's parser behind guards, in linear time and bounded depth."""

from __future__ import annotations

import re
from email.message import Message
from email.parser import BytesParser
from email.policy import Compat32, Policy
from functools import lru_cache
from typing import cast

from channels.email.encoding import charset, transfer_encoding
from channels.email.mime import delimited
from channels.email.mime.large_bodies import LargeBodies
from channels.email.mime.prescan import CONTENT_FIELD, DEPTH, FIELD, header_end, mended, tamed

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_NO_SEMICOLON = re.compile(r"^([ \t]*[\w.+-]{1,80}/[\w.+-]{1,80})[ \t]+(?=[\w-]{1,80}\*?=)")
_EMPTY_PARAMETERS = re.compile(r";[;\s]*;")
_UNKNOWN = "application/octet-stream"
SHORT = 200
"""Characters of a header's value that is remembered."""


class Node(Message):
    """A part of a message. Messages within it, and too deep multiparts, stay whole (``leaf``)."""

    depth = 0
    above: Node | None = None
    stubs: LargeBodies | None = None
    """Of all that was parsed with it; the top has them."""
    lone: bytes | None = None
    """The bytes below its headers, where no parser has made text of them."""
    _media = ""

    @property
    def media(self) -> str:
        """Its content type, lower case; an invalid one is ``application/octet-stream``.

        RFC 2045, section 5.2. A multipart whose subtype is invalid is mixed (section 5.1.7 of RFC 2046).
        """
        if not self._media:
            declared = super().get_content_type()
            odd = "multipart/mixed" if declared.startswith("multipart/") else _UNKNOWN
            self._media = declared if _TYPE.fullmatch(declared) else odd
        return self._media

    @property
    def leaf(self) -> bool:
        return not (self.media.startswith("multipart/") and self.depth < DEPTH)

    @property
    def parts(self) -> list[Node]:
        """The parts of a multipart; none if it has none, or is none."""
        payload: object = self._payload  # type: ignore[attr-defined]
        return [part for part in payload if isinstance(part, Node)] if isinstance(payload, list) else []

    @property
    def body(self) -> bytes:
        """The bytes below its headers, as they came; of a multipart without parts too."""
        if self.lone is not None:
            return self.lone
        payload: object = self._payload  # type: ignore[attr-defined]
        return self.whole(payload) if isinstance(payload, str) else b""

    def whole(self, text: str) -> bytes:
        """The bytes of what the parser holds as text of this part."""
        top = self
        while top.stubs is None and top.above is not None:
            top = top.above
        return top.stubs.whole(text) if top.stubs else b""

    def fill(self, body: bytes, *, whole: bool) -> None:
        """Give a leaf its bytes; ``whole``: nothing in them stands for something else."""
        if whole:
            self.lone = body
        else:
            self.set_payload(body.decode("ascii", "surrogateescape"))

    def replace(self, body: bytes) -> None:
        """Replace a leaf's bytes."""
        self.lone = None
        self.set_payload(body.decode("ascii", "surrogateescape"))

    def insert(self, at: int, part: Node) -> None:
        """Add a part, parsed separately, to a multipart."""
        part.above = self
        self._payload.insert(at, part)  # type: ignore[attr-defined]

    def adopt(self, other: Node) -> None:
        """Take over the parts of another multipart."""
        self.set_payload(other.get_payload())

    def get_content_type(self) -> str:
        """The type shown to the parser: it opens multiparts only, so that embedded messages keep their bytes."""
        if self.leaf and self.media.startswith(("message/", "multipart/")):
            return _UNKNOWN
        return self.media

    def get_content_maintype(self) -> str:
        return self.get_content_type().partition("/")[0]

    def set_default_type(self, ctype: str) -> None:
        super().set_default_type(ctype)
        self._media = ""

    def attach(self, payload: Node) -> None:  # type: ignore[override]
        payload.depth, payload.above = self.depth + 1, self
        super().attach(payload)


class _Guarded(Compat32):
    """Cuts headers before anything reads them: the stdlib is quadratic in a long Content-Type."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        return self.cut(*super().header_source_parse(sourcelines))

    def cut(self, name: str, value: str) -> tuple[str, str]:
        """A header as it is kept, of one that was unfolded."""
        if name[:8].lower() == "content-":
            value = _FOLD.sub("", value[:CONTENT_FIELD])
            return name, _NO_SEMICOLON.sub(r"\1; ", _EMPTY_PARAMETERS.sub(";", value), count=1)
        return name, value[:FIELD]

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


_POLICY = _Guarded()
_PARSER = BytesParser(Node, policy=cast("Policy[Node]", _POLICY))
_FIELD = re.compile(r"([!-9;-~]+):([^\r\n]*)(?:\r?\n[ \t][^\r\n]*)*\r?\n")
"""A header as the parser sees it; a ``CR`` alone would end a line, too."""
_BLANK, _BLANK_BELOW = re.compile(rb"()\r?\n"), re.compile(rb"(?<=\n)()\r?\n")
"""The line between headers and text: where there are no headers; where there are."""
_LAST_END = re.compile(r"\r?\n\Z")
_BOUNDARY = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")


def parse(raw: bytes) -> Node:
    """The tree of a message; one over a cap is cut first (``scan.tamed``)."""
    stubs = LargeBodies(tamed(mended(raw)))
    top = _plain(stubs) or _PARSER.parsebytes(stubs.raw)
    top.stubs = stubs
    return top


def _plain(stubs: LargeBodies) -> Node | None:
    """The tree of a message with nothing odd about its parts, whose bodies are not read line by line.

    None for all others: those the parser reads.
    """
    raw = stubs.raw
    end = header_end(raw)
    head, body = raw[: end + 1], raw[end + (2 if raw[end + 1 : end + 2] == b"\n" else 3) :]
    top = _headed(head) or _PARSER.parsebytes(head)
    if top.defects or top._payload:  # type: ignore[attr-defined]
        return None
    if top.leaf:
        top.fill(body, whole=not stubs.replaced)
        return top
    lines = raw.count(b"\r") == raw.count(b"\r\n")  # else the parser sees more of them
    return top if lines and _divided(top, body, whole=not stubs.replaced) else None


def _divided(multipart: Node, body: bytes, *, whole: bool) -> bool:
    """Give a multipart its parts, as the parser does; False if it has to do so itself."""
    boundary = multipart.get_boundary("")
    if not _BOUNDARY.fullmatch(boundary) or multipart.media == "multipart/digest":
        return False
    pieces = delimited.cut(body, boundary.encode())
    if pieces is None:
        return False
    if pieces.preamble:
        multipart.preamble = _text(delimited.without_line_end(pieces.preamble))
    multipart.epilogue = _text(pieces.epilogue)
    return all(_added(multipart, piece, whole=whole) for piece in pieces.parts)


def _added(multipart: Node, piece: bytes, *, whole: bool) -> bool:
    """Add a part to a multipart; False if the parser has to."""
    blank = _BLANK.match(piece) or _BLANK_BELOW.search(piece)
    part = _headed(piece[: blank.start(1)]) if blank else None
    if blank is None or part is None:
        return False
    multipart.attach(part)
    if part.leaf:
        part.fill(delimited.without_line_end(piece[blank.end() :]), whole=whole)
        return True
    if not _divided(part, piece[blank.end() :], whole=whole):
        return False
    part.epilogue = _LAST_END.sub("", part.epilogue) if part.epilogue else None
    return True


def _text(piece: bytes) -> str:
    """Bytes as the parser has them in strings."""
    return piece.decode("ascii", "surrogateescape")


def _headed(head: bytes) -> Node | None:
    """A part with these headers, as the parser reads them; None if one needs the parser itself."""
    top = Node(policy=cast("Policy[Node]", _POLICY))
    block, at = _text(head), 0
    while at < len(block):
        match = _FIELD.match(block, at)
        if match is None:
            return None
        at = match.end()
        if match.end(2) + 2 >= at:  # in one line
            top.set_raw(*_POLICY.cut(match[1], match[2].lstrip(" \t")))
        else:
            first, more = match[0].split("\n", 1)
            top.set_raw(*_POLICY.header_source_parse([first + "\n", more]))
    return top


def data(node: Node) -> bytes:
    """A leaf's decoded bytes; as they are where the encoding is broken."""
    return transfer_encoding.undone(node.body, str(node.get("content-transfer-encoding", "")))


def parameter(node: Node, header: str, name: str) -> str:
    """A parameter of a structured header (RFC 2231 read), or ``""``."""
    value = str(node.get(header, ""))
    if name not in value.lower():
        return ""
    return _parameter(value, name) if len(value) <= SHORT else _parameter.__wrapped__(value, name)


@lru_cache(maxsize=1024)
def _parameter(header: str, name: str) -> str:
    """A parameter of a header's value: a few of these occur in nearly all mail."""
    node = Node(policy=cast("Policy[Node]", _POLICY))
    node.set_raw("content-type", header)
    try:
        parameter_value = node.get_param(name, "")
        if isinstance(parameter_value, tuple):
            encoding, _, value = parameter_value
            return charset.decode(value.encode("latin-1", "replace"), encoding or "")
        return str(parameter_value)
    except (ValueError, LookupError, TypeError):
        return ""
