"""From words to what is kept for Slack: a message's blocks and where it is to stand, frozen as JSON. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from bot.channel import GAP, Posting

HEAD, SMALL = "\x1c", "\x1f"
"""What begins a heading and small print in ``Words.marked``."""
LONGEST_SECTION = 2900
"""Characters of one section (Block Kit: 3000)."""
LONGEST_MESSAGE = 11_000
"""Characters of all blocks; Slack refuses about 13,200 with ``msg_blocks_too_long``."""
MOST_BLOCKS = 45
"""Block Kit: 50 in a message."""
_CALLS = re.compile(r"(?:<@[A-Z0-9]+>\s*)+")
ACCEPT = "Accept sender"
"""A button's label, with which the words above it begin that say what it does."""
CUT = "… _this was too long for Slack; the case has all of it_"


def compose(posting: Posting) -> bytes:
    """The frozen message; ``deliver`` finds its thread."""
    frozen = {
        "id": posting.id,
        "notice": posting.notice,
        "to": posting.to.address,
        "case": posting.case,
        "person": posting.person,
        "side": posting.side,
        "place": posting.place,
        "private": posting.private,
        "text": _summary(posting),
        "blocks": _blocks(posting),
        "files": [{"sha256": file.sha256, "name": file.name, "size": file.size} for file, _ in posting.files],
    }
    return json.dumps(frozen, ensure_ascii=False).encode("utf-8", "replace")


def plain(payload: bytes) -> str:
    """What a frozen message says, as plain text, without those whom it calls."""
    said = [str(_text(block)) for block in json.loads(payload)["blocks"] if block["type"] != "actions"]
    return unescape("\n\n".join(text for text in said if not _CALLS.fullmatch(text)))


def _text(block: dict[str, Any]) -> str:
    held = block.get("text") or (block.get("elements") or [{}])[0]
    return str(held.get("text") or "")


def escaped(text: str) -> str:
    """Text in which nothing can mention, link or call (Slack, "Escaping text")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _summary(posting: Posting) -> str:
    """What a notification shows, in plain words."""
    blocks = [re.sub(r"[*_`]", "", block.lstrip(HEAD + SMALL)) for block in posting.words.marked.split(GAP)]
    said = " ".join(" ".join(block.split()) for block in blocks if block.strip())
    return said if len(said) <= 280 else said[:280].rsplit("&", 1)[0].rsplit(" ", 1)[0] + " …"


def _blocks(posting: Posting) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    room = LONGEST_MESSAGE
    for kind, text in _pieces(posting):
        if len(text) > room or len(made) == MOST_BLOCKS - 1:
            made.append(_context(CUT))
            break
        room -= len(text)
        made.append(_context(text) if kind == SMALL else _section(text))
    return made if posting.offered is None else [*made, _offer(f"{posting.case}:{posting.offered}")]


def _offer(value: str) -> dict[str, Any]:
    """What a specialist can do with words of somebody unproven."""
    buttons = ((ACCEPT, "case_accept", "primary"), ("Spam", "case_spam", "danger"))
    elements = [
        {
            "type": "button",
            "text": {"type": "plain_text", "text": text},
            "action_id": name,
            "style": style,
            "value": value,
        }
        for text, name, style in buttons
    ]
    return {"type": "actions", "elements": elements}


def offers(block: dict[str, Any]) -> bool:
    """Does it hold the buttons, or say what they do?"""
    return block["type"] == "actions" or str(_text(block)).startswith(f"*{ACCEPT}*")


def _pieces(posting: Posting) -> Iterator[tuple[str, str]]:
    """(kind, text) of each block, none too long for one."""
    below_card = posting.side == "desk" and "/" not in posting.to.address  # else straight to one person
    if posting.mentions:
        yield "", " ".join(f"<@{address.rpartition('/')[2].upper()}>" for address in posting.mentions)
    for block in posting.words.marked.split(GAP):
        kind = block[:1] if block[:1] in (HEAD, SMALL) else ""
        if kind == HEAD and below_card:
            continue  # it says all that
        text = block.lstrip(HEAD + SMALL)
        for piece in _split(text):
            if piece.strip():
                yield kind, piece


def _split(text: str) -> Iterator[str]:
    """At line ends where there are any, never within an entity."""
    while len(text) > LONGEST_SECTION:
        end = max(text.rfind("\n", 0, LONGEST_SECTION), text.rfind(" ", 0, LONGEST_SECTION))
        if end <= 0:
            end = LONGEST_SECTION
            entity = text.rfind("&", end - 5, end)
            end = entity if entity > 0 else end
        yield text[:end]
        text = text[end:].lstrip("\n ")
    yield text


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}
