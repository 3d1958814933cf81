"""multipart/related (RFC 2387): which of its parts is meant to be read."""

from __future__ import annotations

from collections.abc import Container

from channels.email.mime import attachment, tree
from channels.email.mime.tree import Node


def root(node: Node, readable: Container[str]) -> Node:
    """The part that ``start`` names, else the first readable one: a multipart, or text that is no file.

    If there is none, a text that is a file; else the first part.
    """
    start = tree.parameter(node, "content-type", "start").strip(" <>")
    able = [part for part in node.parts if not part.leaf or part.media in readable]
    named = [part for part in able if start and str(part.get("content-id", "")).strip(" <>") == start]
    texts = [part for part in able if not part.leaf or not attachment.declared(part)]
    return (*named, *texts, *able, *node.parts)[0]
