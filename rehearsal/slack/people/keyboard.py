"""What becomes of words as somebody types them: mentions, links, emoji and the three escapes.

docs.slack.dev: "Formatting message text", sections "Escaping text", "Linking", "Mentioning users" and "Using emoji".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from channels.slack.text.emoji import characters
from rehearsal.slack.wire.wire import Json
from rehearsal.slack.workspace.workspace import Workspace

_TOKEN = re.compile(r"<(?:[@#!][^<>]+|https?://[^<>]+|mailto:[^<>]+)>")
_WORD = re.compile(
    r"(?P<mention>(?<![\w@])@[\w.-]*\w)|(?P<url>https?://[^\s<>]*[^\s<>.,;:!?)\]'\"])|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
)

_TONES = {chr(0x1F3F9 + number): f":skin-tone-{number}:" for number in range(2, 7)}


def message_text(workspace: Workspace, words: str) -> str:
    """The ``text`` of a message as Slack's client sends it.

    ``@ana`` becomes ``<@U1>``, 🎉 ``:tada:``, links get angle brackets, and ``& < >`` are escaped.
    """

    def dress(match: re.Match[str]) -> str:
        word = match[0]
        if match["mention"]:
            return _mention(workspace, word, "<@{id}>")
        return f"<{word}>" if match["url"] else f"<mailto:{word}|{word}>"

    return _apart(named_emoji(words), lambda plain: _WORD.sub(dress, escape(plain)))


def named_emoji(words: str) -> str:
    """👍🏽 → ``:+1::skin-tone-4:``, as Slack's clients send it: in messages, commands (bolt-js #1469) and fields."""
    return words if words.isascii() else _emoji().sub(lambda match: _names()[match[0]], words)


@cache
def _names() -> dict[str, str]:
    """Character → its name between colons."""
    names = {character: f":{name}:" for name, character in reversed(characters().items())}
    return names | _TONES


@cache
def _emoji() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_names(), key=len, reverse=True))))


def command_text(workspace: Workspace, words: str) -> str:
    """A command's ``text``: emoji by name, links as typed; with ``should_escape`` ``@ana`` → ``<@U1|ana>``."""

    def dress(found: re.Match[str]) -> str:
        return _mention(workspace, found[0], "<@{id}|{name}>") if found["mention"] else found[0]

    return _apart(named_emoji(words), lambda plain: _WORD.sub(dress, escape(plain)))


def rich_text(workspace: Workspace, text: str) -> list[Json]:
    """The ``rich_text`` block that Slack's clients send beside the text."""
    elements: list[Json] = []
    for piece in re.split(f"({_TOKEN.pattern})", text):
        if piece:
            elements.append(_element(piece))
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": "typed", "elements": [section]}]


def escape(words: str) -> str:
    """``& < >`` as entities."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Entities as ``& < >``."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _apart(words: str, change: Callable[[str], str]) -> str:
    """Change what is between the tokens (``<@U1>``), and leave the tokens."""
    pieces, end = [], 0
    for token in _TOKEN.finditer(words):
        pieces += [change(words[end : token.start()]), token[0]]
        end = token.end()
    return "".join([*pieces, change(words[end:])])


def _mention(workspace: Workspace, word: str, form: str) -> str:
    name = word[1:].casefold()
    for user in workspace.users.values():
        if name in (user.name.casefold(), user.id.casefold()):
            return form.format(id=user.id, name=user.name)
    return word


def _element(piece: str) -> Json:
    if piece.startswith("<@"):
        return {"type": "user", "user_id": piece[2:-1].partition("|")[0]}
    if piece.startswith(("<http", "<mailto:")):
        url, _, words = piece[1:-1].partition("|")
        return {"type": "link", "url": unescape(url), **({"text": unescape(words)} if words else {})}
    return {"type": "text", "text": unescape(piece)}
