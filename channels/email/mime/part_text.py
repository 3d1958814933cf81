"""The text of a part, by its charset or by that of the rest of its mail."""

from __future__ import annotations

import re
from collections.abc import Iterator

from channels import text
from channels.email.encoding import charset
from channels.email.mime import tree
from channels.email.mime.tree import Node

LARGEST = 1 << 20
"""Bytes of a part's markup that are looked at."""
_META = re.compile(rb"charset=[\"']?([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)


def markup(node: Node) -> str:
    """The HTML of a part, as much of it as is read."""
    return text.clean(decoded(node, tree.data(node)[:LARGEST]))


def decoded(node: Node, data: bytes) -> str:
    """The text of ``data``, which is the part's own bytes or their beginning."""
    declared = tree.parameter(node, "content-type", "charset")
    if node.media == "text/html" and not declared and (meta := _META.search(data, 0, 2048)):
        declared = meta[1].decode("ascii")
    return charset.decode(data, declared, hints=_hints(node))


def _hints(node: Node) -> Iterator[str]:
    """Charsets named elsewhere in the mail: by the multiparts around a part, and by encoded words."""
    top = node
    while top.above is not None:
        top = top.above
        if charset_above := tree.parameter(top, "content-type", "charset"):
            yield charset_above
    yield from charset.named(str(top.get("subject", "")), str(top.get("from", "")))
