"""Our Message-ID as a marker in HTML, for programs that answer without In-Reply-To.

Programs rename the ids of what they quote (Outlook puts ``x_`` before them, Gmail ``m_`` and a number):
what follows stays.
"""

from __future__ import annotations

import re

from bot.channel.protocols import Anchor
from channels.email.mime import headers, tree
from channels.email.mime.tree import Node

MOST = 20
_MARK = "casebot-"
_FOUND = re.compile(rb"casebot-([a-z2-7]{40})(?![a-z2-7])")
_TABLE = '<table role="presentation"'


def local(message_id: str) -> str:
    """What of a Message-ID of ours marks a mail: the part before the ``@``."""
    return message_id.strip("<>").partition("@")[0]


def mark(markup: str, local: str) -> str:
    """A mail's HTML with what its Message-ID has before the ``@`` as the id of its outermost table."""
    return markup.replace(_TABLE, f'<table id="{_MARK}{local}"{_TABLE.removeprefix("<table")}', 1)


def anchors(raw: bytes, subject: str) -> tuple[Anchor, ...]:
    """The ids in the HTML of an answer (``Re:``), topmost first; signed, and checked by the bot."""
    if headers.subject(subject) == subject.strip() or b"text/html" not in raw.lower():
        return ()
    names = (name for part in _html(tree.parse(raw)) for name in _FOUND.findall(tree.data(part)))
    return tuple(Anchor("id", f"<{name}@{_MARK}html>") for name in dict.fromkeys(n.decode() for n in names))[
        :MOST
    ]


def _html(node: Node) -> list[Node]:
    """The HTML parts of a mail, in order."""
    return [
        part for part in node.walk() if isinstance(part, Node) and part.leaf and part.media == "text/html"
    ]
