"""A message for Slack: blocks and where it is to stand, frozen as JSON; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from bot.channel.outbound import GAP, Posting
from bot.model.choice import Choice
from bot.model.message import Attachment
from bot.syntax.case_numbers import label
from channels.slack.text import choices
from channels.slack.text.fallback_text import aloud, escaped, of_blocks, plain_text

HEAD, HERE, SMALL = "\x1c", "\x1d", "\x1f"
"""What begins a heading, words about where they stand, and small print in ``Words.marked``."""
MARKS = HEAD + HERE + SMALL
ABOUT_HERE = "here"
"""The ``block_id`` of words about where they stand."""
LONGEST_SECTION = 2900
"""Characters of one section (Block Kit: 3000)."""
LONGEST_MESSAGE = 11_000
"""Characters of all blocks; Slack refuses about 13,200 with ``msg_blocks_too_long``."""
MOST_BLOCKS = 45
"""Block Kit: 50 in a message."""
ROOM_BELOW, BLOCKS_BELOW = 1_500, 8
"""Of both, what is left for what stands below words that are too long: links, and what can be done."""
BYTES = "application/octet-stream"
_CALLS = re.compile(r"(?:<@[A-Z0-9]+>\s*)+")
ACCEPT = "Accept sender"
"""A button's label, with which the words above it begin that say what it does."""
EXPLAINS = "explains"
"""The ``block_id`` of these words."""
TOO_LONG = "This is too long for Slack. The button below shows all of it, page by page."
TOO_LONG_INWARD = (
    "This is too long for Slack. All of it is in the mail as it came, and in `casebot case show`."
)
INWARD = ("note written", "unverified")
"""Notices whose words stand in no view of the case in Slack."""
SHOW_ALL, READ_ALL = "Show all of it", "Read all"
BANNER = (
    "Everybody in this channel can read along. Whatever you write in this thread reaches the support team."
)
"""Said once in each thread of a customer's channel."""
ONLY_YOU_SEE = "Slack does not let us write to you directly: only you see this, and only for a while."
ANSWER_HERE = "To answer, write {line}."
"""Below an ephemeral message to whom Slack lets us not write to directly."""
OPENED = "case opened"
"""The notice whose words its case's card shows: below the card only what that does not say is posted."""


def compose(posting: Posting, say: Callable[[str], str] = str) -> bytes:
    """The frozen message; ``deliver`` finds its thread. ``say`` translates a sentence for its reader."""
    blocks, text = _blocks(posting, say), _aloud(posting)
    empty = [escaped(file.name[:200]) for file, _ in posting.files if not file.size]
    if lines := [f"📎 {name} (0 bytes)" for name in empty if name not in text]:
        # Slack takes no file without a byte ("files.getUploadURLExternal", ``length``)
        blocks, text = [*blocks, _context("  ".join(lines))], "\n".join(filter(None, (text, *lines)))
    whole = "" if posting.notice != OPENED else _plain(posting.words.marked)
    frozen = {
        "id": posting.id,
        "notice": posting.notice,
        "to": posting.to.address,
        "case": posting.case,
        "person": posting.person,
        "side": posting.side,
        "place": posting.place,
        "private": posting.private,
        "author": posting.author,
        "speaker": posting.speaker,
        "mark": posting.mark,
        "text": text,
        "blocks": blocks,
        "banner": f"👋 {say(BANNER)}" if posting.side == "customer" else "",
        "whole": whole,
        "near": posting.near,
        "passing": [say(ONLY_YOU_SEE), *([say(ANSWER_HERE)] if posting.case else [])] if posting.near else [],
        "files": [
            {"sha256": file.sha256, "name": file.name, "size": file.size, "type": file.type}
            for file, _ in posting.files
            if file.size
        ],
    }
    return json.dumps(frozen, ensure_ascii=False).encode("utf-8", "replace")


def with_banner(frozen: Mapping[str, Any]) -> Mapping[str, Any]:
    """The frozen message with a line that says who reads its thread.

    One that was frozen before there was such a line has none.
    """
    banner = frozen.get("banner") or ""
    return {**frozen, "blocks": [*frozen["blocks"], _context(banner)]} if banner else frozen


def as_ephemeral(frozen: Mapping[str, Any], us: str) -> Mapping[str, Any]:
    """The frozen message with a line that says that only its reader sees it, and how they answer.

    ``us``: our own user's id.
    """
    line = f"<@{us}> `reply {label(frozen['case'] or 0)} …`"
    words = " ".join(sentence.replace("{line}", line) for sentence in frozen.get("passing") or ())
    below = [_context(words)] if words else []
    blocks = [block for block in frozen["blocks"] if block.get("block_id") != ABOUT_HERE]
    return {**frozen, "text": of_blocks([*blocks, *below]), "blocks": [*blocks, *below]}


def attached(payload: bytes) -> tuple[Attachment, ...]:
    """The files of a frozen message."""
    files = json.loads(payload)["files"]
    return tuple(
        Attachment(file["name"], file.get("type") or BYTES, file["size"], file["sha256"]) for file in files
    )


def compose_blocks(posting: Posting, say: Callable[[str], str] = str) -> list[dict[str, Any]]:
    """The blocks of a message as its reader gets them."""
    return _blocks(posting, say)


def plain(payload: bytes) -> str:
    """A frozen message as plain text, without mentions of people; what a card would have said with it."""
    frozen = json.loads(payload)
    if frozen.get("whole"):
        return str(frozen["whole"])
    texts = [str(_text(block)) for block in frozen["blocks"] if block["type"] != "actions"]
    return "\n\n".join(plain_text(text) for text in texts if not _CALLS.fullmatch(text))


def _plain(marked: str) -> str:
    texts = (block.lstrip(MARKS) for block in marked.split(GAP))
    return "\n\n".join(plain_text(text) for text in texts if text.strip())


def _text(block: dict[str, Any]) -> str:
    element = block.get("text") or (block.get("elements") or [{}])[0]
    return str(element.get("text") or "")


def _aloud(posting: Posting) -> str:
    """The whole text: first who said what, last which case it is about."""
    blocks = posting.words.marked.split(GAP)
    heads = [block.lstrip(HEAD) for block in blocks if block.startswith(HEAD)]
    body = [block.lstrip(HERE + SMALL) for block in blocks if not block.startswith(HEAD)]
    return aloud((*body, *heads[: 1 if _below_card(posting) else None]))


def _blocks(posting: Posting, say: Callable[[str], str]) -> list[dict[str, Any]]:
    blocks, whole = _filled(posting)
    if not whole:
        blocks += _rest(posting, say)
    blocks += choices.rows([choice for choice in posting.choices if not _on_card(posting, choice)], say)
    offered = f"{posting.case}:{posting.offered}"
    shown = posting.offered is None or (_below_card(posting) and not posting.offered)  # that is on the card
    if shown:
        return blocks
    blocks = [_explaining(block, say(ACCEPT)) for block in blocks]
    named = [(say(text), action, style) for text, action, style in OFFERED]
    return [*blocks, _buttons(*named, value=offered)]


def _explaining(block: dict[str, Any], accept: str) -> dict[str, Any]:
    """The block, marked if it says what the buttons do: it goes when they do."""
    return {**block, "block_id": EXPLAINS} if str(_text(block)).startswith(f"*{accept}*") else block


def _rest(posting: Posting, say: Callable[[str], str]) -> list[dict[str, Any]]:
    """What leads to words that were cut: for the desk, to the very entry; for customers, to the case."""
    entry = posting.entry or posting.offered or ""
    if posting.side == "desk" and posting.case and entry:
        read = _buttons((say(READ_ALL), "case_read", ""), value=f"{posting.case}:{entry}")
        return [_context(f"✂️ {say(TOO_LONG)}"), read]
    if posting.notice in INWARD or not posting.case:
        return [_context(f"✂️ {say(TOO_LONG_INWARD)}")]
    show = _buttons((say(SHOW_ALL), "case_show", ""), value=str(posting.case))
    return [_context(f"✂️ {say(TOO_LONG)}"), show]


def _filled(posting: Posting) -> tuple[list[dict[str, Any]], bool]:
    """As many blocks as fit, the last one cut short; and whether that is everything.

    What stands below the cut one follows.
    """
    blocks: list[dict[str, Any]] = []
    room, most, cut = LONGEST_MESSAGE - ROOM_BELOW, MOST_BLOCKS - BLOCKS_BELOW, False
    for kind, pieces in _pieces(posting):
        for piece in pieces:
            text = piece if len(piece) <= room else next(split(piece, room)) if room > 0 else ""
            short = len(text) < len(piece) or len(blocks) >= most
            if text and len(blocks) < most:
                blocks.append(_block(kind, text))
                room -= len(text)
            if short:
                room, most = (room, most) if cut else (room + ROOM_BELOW, most + BLOCKS_BELOW - 2)
                cut = True
                break
    return blocks, not cut


OFFERED = ((ACCEPT, "case_accept", "primary"), ("Spam", "case_spam", "danger"))
"""What a specialist can do with words of somebody unproven: label, action and style."""


def _buttons(*buttons: tuple[str, str, str], value: str) -> dict[str, Any]:
    elements, case = [], int(value.partition(":")[0] or 0)
    for text, name, style in buttons:
        button = {"type": "button", "text": {"type": "plain_text", "text": text}, "action_id": name}
        button["accessibility_label"] = f"{text} · {label(case)}"[:75]
        elements.append(button | {"value": value} | ({"style": style} if style else {}))
    return {"type": "actions", "elements": elements}


def offers(block: dict[str, Any]) -> bool:
    """Does the block hold the buttons, or explain them?"""
    action_ids = [element.get("action_id") for element in block.get("elements", ())]
    explains = block.get("block_id") == EXPLAINS or str(_text(block)).startswith(f"*{ACCEPT}*")
    return explains or "case_accept" in action_ids


def _pieces(posting: Posting) -> Iterator[tuple[str, list[str]]]:
    """(kind, pieces) of each part, no piece too long for a block."""
    if posting.mentions:
        yield "", [" ".join(f"<@{address.rpartition('/')[2].upper()}>" for address in posting.mentions)]
    for block in posting.words.marked.split(GAP):
        kind = block[:1] if block[:1] in tuple(MARKS) else ""
        if kind == HEAD and _below_card(posting):
            continue  # it says all that
        yield kind, [piece for piece in split(block.lstrip(MARKS)) if piece.strip()]


def _below_card(posting: Posting) -> bool:
    """Does it stand in a case's thread at the desk? Otherwise it goes directly to one person."""
    return posting.side == "desk" and "/" not in posting.to.address


def _on_card(posting: Posting, choice: Choice) -> bool:
    """Has the card above it that button itself?"""
    return _below_card(posting) and choice.step in ("show", "acknowledge")


def split(text: str, most: int = LONGEST_SECTION) -> Iterator[str]:
    """Pieces of at most so many characters, cut at line ends or spaces, never within an entity."""
    while len(text) > most:
        line = text.rfind("\n", 0, most)
        end = line if line > most // 2 else max(line, text.rfind(" ", 0, most))
        if end <= 0:
            end = most
            entity = text.rfind("&", end - 5, end)
            end = entity if entity > 0 else end
        yield text[:end]
        text = text[end:].lstrip("\n ")
    yield text


def _block(kind: str, text: str) -> dict[str, Any]:
    block = _context(text) if kind == SMALL else _section(text)
    return {**block, "block_id": ABOUT_HERE} if kind == HERE else block


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}
