"""The text of a part, by its charset or by that of the rest of its mail."""

from __future__ import annotations

import html
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


_DEPTH = re.compile(r">*")


def unflowed(text: str, *, delete: str = "") -> str:
    """Soft-broken lines of one quote depth joined; ``delete``: ``"yes"`` if DelSp is (section 4.1)."""
    paragraphs: list[list[str]] = []
    depth, soft = 0, False
    for line in text.split("\n"):
        marks = _DEPTH.match(line)
        now = marks.end() if marks else 0
        words = line[now:].removeprefix(" ")
        signature = words == "-- "
        if soft and now == depth and not signature:
            paragraphs[-1].append(words)
        else:
            paragraphs.append(["> " * now if words else ">" * now, words])
        depth, soft = now, words.endswith(" ") and not signature
        if soft and delete == "yes":
            paragraphs[-1][-1] = words[:-1]
    return "\n".join("".join(parts) for parts in paragraphs)


MOST_NEW = 0.2
"""The share of its words that may be others: links, the names of pictures, what a program leaves out of the plain text.

Of ordinary mail with both kinds less than a tenth of the words of the one are not in the other.
"""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
"""Scripts that put no blanks between words: there each character counts."""
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"https?://[^\s<>]+")


def repeats(text: str, shown: str) -> bool:
    """Are nearly all words of ``text`` among those of ``shown``, and all with digits?

    Digits are numbers of orders or errors.
    """
    new = _words(
        " ".join(set(text.split()) - set(shown.split()))
    )  # no word has a blank in it, nor has a link
    if new:
        new -= _words(shown)
    return not new or (
        len(new) <= len(_words(text)) * MOST_NEW and not any(any(map(str.isdigit, word)) for word in new)
    )


def page_repeats(page: str, shown: str) -> bool:
    """``repeats`` for HTML, in a tenth of the time that reading takes. False: it must be read to know."""
    return repeats(html.unescape(_TAG.sub(" ", page[max(page.find("<body"), 0) :])), shown)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(_LINK.sub(" ", text).casefold()))
