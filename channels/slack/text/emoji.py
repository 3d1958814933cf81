"""Emoji: Slack's short codes and the characters that they stand for.

``emoji.txt`` holds the names of iamcal/emoji-data 16.0.0 (npm ``emoji-datasource``, MIT), from which Slack's own are
made: a name and its character in each line. A workspace's own emoji are in no list, and stay as they are written.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_CODE = re.compile(r":([a-z0-9_+'-]{1,60}):(?::skin-tone-([2-6]):)?(?!\w)")
"""Not within words: ``map:key:value`` names no emoji."""
_TONE = 0x1F3F9
"""Skin tone 2 is the first of five: U+1F3FB."""


@cache
def characters() -> dict[str, str]:
    """Name → character."""
    lines = files(__package__).joinpath("emoji.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def unicode_emoji(text: str) -> str:
    """``:tada:`` → 🎉, ``:+1::skin-tone-4:`` → 👍🏽; what is no emoji's name stays."""
    return _CODE.sub(_character, text) if ":" in text else text


def sign(name: str) -> str:
    """The character of one name, ``eyes`` → 👀; ``:name:`` for a workspace's own."""
    return characters().get(name.partition("::")[0]) or f":{name}:"


def _character(match: re.Match[str]) -> str:
    character = characters().get(match[1])
    if character is None:
        return match[0]
    tone = chr(_TONE + int(match[2])) if match[2] else ""
    return character.removesuffix("\ufe0f") + tone if tone else character
