"""Markup: what Slack's bold, italics and short codes mean in words that others read in mail.

docs.slack.dev: "Formatting message text". Nothing within code is touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from channels.slack.text.emoji import unicode_emoji

Emphasis = tuple[tuple[str, str], ...]
"""Styles (``b``, ``i``, ``s``, ``code``) and the words that have them, in order."""
_APART = re.compile(r"```.*?```|`[^`\n]+`|<[^<>\n]*>", re.DOTALL)
"""Code, and what Slack puts into angle brackets: mentions and links."""
_TOKEN = re.compile(r"<[^<>\n]*>")
_HELD = re.compile("\x1a(\\d+)\x1a")
_BEFORE = r"(?<![^\s(\[{\"'“„‚‘«»>;*_~—–-])"
_AFTER = r"(?![^\s.,;:!?)\]}\"'”“’«»<&*_~—–-])"
_STYLES = {
    "b": r"\*(?=[^\s*])(?P<b>[^*\n]*[^\s*]|[^\s*])\*",
    "i": r"_(?=[^\s_])(?P<i>[^\n]*?[^\s_]|[^\s_])_",
    "s": r"~(?=[^\s~])(?P<s>[^~\n]*[^\s~]|[^\s~])~",
}
_MARK = re.compile(rf"{_BEFORE}(?:{'|'.join(_STYLES.values())}){_AFTER}")


def plain(text: str, tokens: Callable[[str], str] = str) -> str:
    """Words without the marks of bold and italics, and with emoji as characters.

    Code keeps its backticks, and what is struck out its tildes, or it would say the opposite. ``tokens`` makes
    words of a mention or a link, also within code.
    """
    return read(text, tokens)[0]


def read(text: str, tokens: Callable[[str], str] = str) -> tuple[str, Emphasis]:
    """The same words, and which of them are emphasised how."""
    held: list[str] = []
    styled: list[tuple[str, str]] = []

    def hold(match: re.Match[str]) -> str:
        held.append(_TOKEN.sub(lambda token: tokens(token[0]), match[0]))
        return f"\x1a{len(held) - 1}\x1a"

    def shown(words: str) -> str:
        return _HELD.sub(lambda match: held[int(match[1])], words)

    def unmark(match: re.Match[str]) -> str:
        style = str(match.lastgroup)
        words = _MARK.sub(lambda inner: str(inner[str(inner.lastgroup)]), match[style])
        words = f"~{words}~" if style == "s" else words
        styled.append((style, shown(words)))
        return words

    masked = unicode_emoji(_APART.sub(hold, text.replace("\x1a", "")))
    words = shown(_MARK.sub(unmark, masked))
    code = [("code", piece) for piece in held if piece.startswith("`")]
    return words, (*styled, *code)
