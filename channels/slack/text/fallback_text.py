"""Fallback text: what notifications show and screen readers read.

docs.slack.dev, "chat.postMessage": ``text``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any

LONGEST = 3000
"""Characters; Slack advises 4,000 at most ("Truncating content")."""
_LINK = re.compile(r"<(?:https?|mailto):[^<>|]*\|([^<>]*)>")
_WEB_LINK = re.compile(r"<(https?:[^<>|]*)\|([^<>]*)>")
_DATE = re.compile(r"<!date\^\d+\^[^<>|]*\|([^<>]*)>")
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])")
_CODE = re.compile(r"`([^`\n]+)`")
_QUOTED = re.compile(r"^&gt; ?", re.MULTILINE)


def aloud(texts: Iterable[str]) -> str:
    """Pieces of mrkdwn as lines for a screen reader: links by their labels, no markup; cut between words."""
    pieces = [_QUOTED.sub("", _unmarked(text)) for text in texts]
    lines = [" ".join(line.split()) for piece in pieces for line in piece.splitlines()]
    return _cut("\n".join(line for line in lines if line))


def plain_text(text: str) -> str:
    """A piece of mrkdwn as in a mail: links with their addresses, moments by a clock, no markup."""
    return unescape(_unmarked(_DATE.sub(r"\1", _WEB_LINK.sub(r"\2: \1", text))))


def _unmarked(text: str) -> str:
    return _CODE.sub(r"\1", _BOLD.sub(r"\1", _LINK.sub(r"\1", text)))


def of_blocks(blocks: Iterable[Mapping[str, Any]], *first: str) -> str:
    """The text of blocks, without labels of buttons and menus; ``first`` comes before it."""
    return aloud((*first, *(text for block in blocks for text in _texts(block))))


def _texts(block: Mapping[str, Any]) -> Iterator[str]:
    if block["type"] == "actions":
        return
    for element in (block.get("text"), *block.get("fields", ()), *block.get("elements", ())):
        if element:
            yield element["text"] if element["type"] == "mrkdwn" else escaped(element["text"])


def escaped(text: str) -> str:
    """Text in which nothing can mention, link or call (Slack, "Escaping text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    head = text[: LONGEST - 2]
    end = max(head.rfind(" "), head.rfind("\n"))
    if end < LONGEST // 2:  # one endless word
        entity = head.rfind("&", len(head) - 6)
        end = entity if entity >= 0 and ";" not in head[entity:] else len(head)
    opened = head.rfind("<", 0, end)  # of a date: people's own are escaped
    end = opened if opened >= 0 and ">" not in head[opened:end] else end
    return f"{head[:end].rstrip()} …"
