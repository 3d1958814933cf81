"""Repair of a message whose boundaries are not where its headers say (RFC 2046, 5.1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.errors import CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect
from itertools import islice

from channels.email.mime import tree
from channels.email.mime.tree import Node

MOST, DEEPEST = 5, 5
"""Repairs of one message, for each reads what it repairs once more; the level down to which there are any."""
MOST_OPEN, MOST_LINES, LONGEST = 20, 10_000, 200
"""Boundaries that are looked for; lines of a part that may be one of them; bytes of such a line."""
_OPEN = (CloseBoundaryNotFoundDefect, StartBoundaryNotFoundDefect)
_DELIMITER = re.compile(
    rb"^--([^\s\"\\][^\r\n\"\\]{0,198})\r?\n(?=content-[a-z-]{1,40}[ \t]*:)", re.IGNORECASE | re.MULTILINE
)
_USUAL = re.compile(rb"multi-?part|mime", re.IGNORECASE)
"""What stands before the first delimiter is for programs that know no MIME, and says so."""


def parse(raw: bytes) -> Node:
    """The tree of a message, as ``tree.parse`` has it, with the parts that broken delimiters hide from it."""
    top = tree.parse(raw)
    if not top.leaf:
        _Repairs().mend(top, 0, frozenset())
    return top


class _Repairs:
    """Those of one message."""

    def __init__(self) -> None:
        self._left = MOST

    def mend(self, top: Node, depth: int, known: frozenset[bytes]) -> None:
        """Mend a tree in place. ``known``: the boundaries of multiparts around it that nothing closed."""
        nodes = [top]
        for node in nodes:  # which grows
            nodes += node.parts
        known |= frozenset(islice(_unclosed(nodes), MOST_OPEN))
        for node in nodes:
            if depth + node.depth > DEEPEST or not self._left:
                continue
            found = _cut_off(node, known) if node.leaf else _overlooked(node)
            if found is not None:
                self._left -= 1
                self.mend(found, depth + node.depth + 1, known)


def _unclosed(nodes: Iterable[Node]) -> Iterator[bytes]:
    for node in nodes:
        if any(isinstance(defect, _OPEN) for defect in node.defects) and (name := _boundary(node)):
            yield name


def _boundary(node: Node) -> bytes:
    return tree.parameter(node, "content-type", "boundary").encode("utf-8", "replace").rstrip()


def _cut_off(leaf: Node, known: frozenset[bytes]) -> Node | None:
    """What stands in a part below a delimiter that does not end it, for its multipart has ended unclosed."""
    if not known or leaf.media.startswith("message/"):
        return None
    body = leaf.body
    for at in islice(_lines(body), MOST_LINES):
        line = body[at + 2 : at + LONGEST].split(b"\n", 1)[0].rstrip()
        if name := next((one for one in (line, line.removesuffix(b"--")) if one in known), None):
            leaf.replace(body[:at])
            found = _multipart("multipart/mixed", name, body[at:])
            _put_behind(leaf, found)
            return found
    if end := _end(body, known):
        leaf.replace(body[:end])
    return None


def _lines(body: bytes) -> Iterator[int]:
    """Where lines begin that may be delimiters."""
    if body.startswith(b"--"):
        yield 0
    at = body.find(b"\n--")
    while at >= 0:
        yield at + 1
        at = body.find(b"\n--", at + 3)


def _end(body: bytes, known: frozenset[bytes]) -> int:
    """Where the last delimiter begins, if it stands right behind the last word: a line break is missing. Else 0."""
    body = body.rstrip()
    ends = (b"--" + name + b"--" for name in known)
    return next((len(body) - len(one) for one in sorted(ends, key=len)[::-1] if body.endswith(one)), 0)


def _put_behind(leaf: Node, found: Node) -> None:
    """Behind what it stood in, in the next multipart that shows all it has."""
    branch: Node = leaf
    while (above := branch.above) is not None:
        if above.media == "multipart/mixed" or above.above is None:
            above.insert(above.parts.index(branch) + 1, found)
            return
        branch = above


def _overlooked(multipart: Node) -> Node | None:
    """The parts of a multipart in which the parser sees none, or not the first."""
    if multipart.is_multipart():
        return _without_delimiter(multipart)
    found = _other_boundary(multipart) or _ended_above(multipart)
    if found is not None:
        multipart.adopt(found)
    return found


def _without_delimiter(multipart: Node) -> Node | None:
    """The first part, where an empty line and a delimiter are missing: its headers follow those of its multipart."""
    if not multipart.preamble:
        return None
    names = [name.lower() for name, _ in multipart.raw_items()]
    if names.count("content-type") < 2:
        return None
    second = names.index("content-type", names.index("content-type") + 1)
    told = list(multipart.raw_items())[second:]
    words = multipart.whole(multipart.preamble)
    if not told[0][1].strip().lower().startswith("text/") or not words.strip() or _USUAL.search(words):
        return None
    head = "".join(f"{name}: {value}\r\n" for name, value in told).encode("utf-8", "surrogateescape")
    found = tree.parse(head + b"\r\n" + words)
    multipart.insert(0, found)
    return found


def _other_boundary(multipart: Node) -> Node | None:
    """Its parts stand between delimiters of another boundary than it declares."""
    body = multipart.body
    told = _DELIMITER.search(body)
    return _multipart(multipart.media, told[1].rstrip(), body) if told else None


def _ended_above(multipart: Node) -> Node | None:
    """Its first delimiter looks like the end of the multipart around it (``b--`` within ``b``), and hides the rest."""
    above, name = multipart.above, _boundary(multipart)
    if above is None or not above.epilogue or name != _boundary(above) + b"--":
        return None
    return _multipart(multipart.media, name, b"--" + name + b"\n" + above.whole(above.epilogue))


def _multipart(media: str, boundary: bytes, body: bytes) -> Node:
    head = f'Content-Type: {media}; boundary="'.encode("ascii", "replace")
    return tree.parse(head + boundary + b'"\r\n\r\n' + body)
