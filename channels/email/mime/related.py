"""multipart/related (RFC 2387): which of its parts is meant to be read."""

from __future__ import annotations

from collections.abc import Container

from channels.email.mime import attachment, tree
from channels.email.mime.tree import Node


def root(node: Node, readable: Container[str]) -> Node:
    """The part that ``start`` names, else the first, if it can be read: a multipart, or text that is no file.

    Where there is none, a text that is a file; else the first part.
    """
    start = tree.parameter(node, "content-type", "start").strip(" <>")
    able = [one for one in node.parts if not one.leaf or one.media in readable]
    named = [one for one in able if start and str(one.get("content-id", "")).strip(" <>") == start]
    texts = [one for one in able if not one.leaf or not attachment.declared(one)]
    return (*named, *texts, *able, *node.parts)[0]
