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
    """Repairs the tree of one message."""

    def __init__(self) -> None:
        self._left = MOST

    def mend(self, top: Node, depth: int, open_boundaries: frozenset[bytes]) -> None:
        """Repair a tree in place. ``known``: boundaries of the multiparts around it that nothing closed."""
        nodes = [top]
        for node in nodes:  # which grows
            nodes += node.parts
        open_boundaries |= frozenset(islice(_unclosed(nodes), MOST_OPEN))
        for node in nodes:
            if depth + node.depth > DEEPEST or not self._left:
                continue
            part = _cut_off(node, open_boundaries) if node.leaf else _overlooked(node)
            if part is not None:
                self._left -= 1
                self.mend(part, depth + node.depth + 1, open_boundaries)


def _unclosed(nodes: Iterable[Node]) -> Iterator[bytes]:
    for node in nodes:
        if any(isinstance(defect, _OPEN) for defect in node.defects) and (name := _boundary(node)):
            yield name


def _boundary(node: Node) -> bytes:
    return tree.parameter(node, "content-type", "boundary").encode("utf-8", "replace").rstrip()


def _cut_off(leaf: Node, open_boundaries: frozenset[bytes]) -> Node | None:
    """The rest of a leaf below a delimiter that does not end it: its multipart ended unclosed."""
    if not open_boundaries or leaf.media.startswith("message/"):
        return None
    body = leaf.body
    for at in islice(_lines(body), MOST_LINES):
        line = body[at + 2 : at + LONGEST].split(b"\n", 1)[0].rstrip()
        if name := next(
            (candidate for candidate in (line, line.removesuffix(b"--")) if candidate in open_boundaries),
            None,
        ):
            leaf.replace(body[:at])
            part = _multipart("multipart/mixed", name, body[at:])
            _put_behind(leaf, part)
            return part
    if end := _end(body, open_boundaries):
        leaf.replace(body[:end])
    return None


def _lines(body: bytes) -> Iterator[int]:
    """Where the lines that may be delimiters begin."""
    if body.startswith(b"--"):
        yield 0
    at = body.find(b"\n--")
    while at >= 0:
        yield at + 1
        at = body.find(b"\n--", at + 3)


def _end(body: bytes, open_boundaries: frozenset[bytes]) -> int:
    """Where the last delimiter begins if it directly follows the last word, without a line break; else 0."""
    body = body.rstrip()
    ends = (b"--" + name + b"--" for name in open_boundaries)
    return next(
        (len(body) - len(delimiter) for delimiter in sorted(ends, key=len)[::-1] if body.endswith(delimiter)),
        0,
    )


def _put_behind(leaf: Node, part: Node) -> None:
    """Insert a part after the one it stood in, in the next multipart that shows all its parts."""
    branch: Node = leaf
    while (above := branch.above) is not None:
        if above.media == "multipart/mixed" or above.above is None:
            above.insert(above.parts.index(branch) + 1, part)
            return
        branch = above


def _overlooked(multipart: Node) -> Node | None:
    """The parts of a multipart in which the parser sees none, or not the first."""
    if multipart.is_multipart():
        return _without_delimiter(multipart)
    other = _other_boundary(multipart) or _ended_above(multipart)
    if other is not None:
        multipart.adopt(other)
    return other


def _without_delimiter(multipart: Node) -> Node | None:
    """The first part, whose headers follow those of its multipart: a blank line and delimiter are missing."""
    if not multipart.preamble:
        return None
    names = [name.lower() for name, _ in multipart.raw_items()]
    if names.count("content-type") < 2:
        return None
    second = names.index("content-type", names.index("content-type") + 1)
    part_headers = list(multipart.raw_items())[second:]
    words = multipart.whole(multipart.preamble)
    if (
        not part_headers[0][1].strip().lower().startswith("text/")
        or not words.strip()
        or _USUAL.search(words)
    ):
        return None
    head = "".join(f"{name}: {value}\r\n" for name, value in part_headers).encode("utf-8", "surrogateescape")
    part = tree.parse(head + b"\r\n" + words)
    multipart.insert(0, part)
    return part


def _other_boundary(multipart: Node) -> Node | None:
    """Parts that stand between delimiters of another boundary than declared."""
    body = multipart.body
    delimiter = _DELIMITER.search(body)
    return _multipart(multipart.media, delimiter[1].rstrip(), body) if delimiter else None


def _ended_above(multipart: Node) -> Node | None:
    """Parts that the parser missed because their first delimiter looks like the outer multipart's end.

    ``b--`` within ``b``.
    """
    above, name = multipart.above, _boundary(multipart)
    if above is None or not above.epilogue or name != _boundary(above) + b"--":
        return None
    return _multipart(multipart.media, name, b"--" + name + b"\n" + above.whole(above.epilogue))


def _multipart(media: str, boundary: bytes, body: bytes) -> Node:
    head = f'Content-Type: {media}; boundary="'.encode("ascii", "replace")
    return tree.parse(head + boundary + b'"\r\n\r\n' + body)
