"""Markup: what Slack's bold, italics and short codes mean in words that others read in mail.

docs.slack.dev: "Formatting message text". Nothing within code is touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from channels.slack.text.emoji import unicode_emoji

_APART = re.compile(r"```.*?```|`[^`\n]+`|<[^<>\n]*>", re.DOTALL)
"""Code, and what Slack puts into angle brackets: mentions and links."""
_TOKEN = re.compile(r"<[^<>\n]*>")
_HELD = re.compile("\x1a(\\d+)\x1a")
_BEFORE = r"(?<![^\s(\[{\"'“„‚‘«»>*_~—–-])"
_AFTER = r"(?![^\s.,;:!?)\]}\"'”“’«»<*_~—–-])"
_MARKS = (
    re.compile(rf"{_BEFORE}\*(?=[^\s*])([^*\n]*[^\s*]|[^\s*])\*{_AFTER}"),
    re.compile(rf"{_BEFORE}_(?=[^\s_])([^\n]*?[^\s_]|[^\s_])_{_AFTER}"),
)
"""Bold and italic; what is struck out stays between its tildes, or it would say the opposite."""


def plain(text: str, tokens: Callable[[str], str] = str) -> str:
    """Words without the marks of bold and italics, and with emoji as characters.

    ``tokens`` makes words of a mention or a link, also within code.
    """
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(_TOKEN.sub(lambda token: tokens(token[0]), match[0]))
        return f"\x1a{len(held) - 1}\x1a"

    text = unicode_emoji(_APART.sub(hold, text.replace("\x1a", "")))
    for mark in _MARKS:
        text = mark.sub(r"\1", text)
    return _HELD.sub(lambda match: held[int(match[1])], text)
