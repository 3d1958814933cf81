"""Blocks and elements within Block Kit's limits; nobody's words mention, link or call.

Limits from docs.slack.dev, "Blocks", "Block elements", "Composition objects", "Views"; sizes in characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from channels.slack.text.i18n import _
from channels.slack.text.message import escaped

Json = dict[str, Any]
Message = tuple[str, list[Json]]
"""The words of a notification, and the blocks."""
TITLE, LABEL, HEADER, SECTION, FIELD, VALUE = 24, 75, 150, 3000, 2000, 150
MOST_OPTIONS = 100


def cut(text: str, most: int) -> str:
    """At most so many characters, and at least one."""
    text = text.strip() or "–"
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def line(text: str) -> str:
    """In one line."""
    return " ".join(text.split())


def safe(text: str, most: int = 500) -> str:
    """People's words for mrkdwn: escaped, at most so many characters, no entity cut in two."""
    text = escaped(text.strip()) or "–"
    if len(text) <= most:
        return text
    text = text[: most - 1]
    entity = text.rfind("&", max(len(text) - 5, 0))
    return (text[:entity] if entity >= 0 and ";" not in text[entity:] else text) + "…"


def moment(at: datetime) -> str:
    """A time that every reader sees in their own zone ("Formatting message text", "Date formatting")."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%d %b %H:%M} UTC>"


def plain(text: str, most: int) -> Json:
    """Words in which nothing is interpreted."""
    return {"type": "plain_text", "text": cut(text, most), "emoji": False}


def marked(text: str, most: int = SECTION) -> Json:
    """Our own mrkdwn; what people said in it went through ``safe``."""
    return {"type": "mrkdwn", "text": text[:most] or "–", "verbatim": True}


def header(text: str) -> Json:
    return {"type": "header", "text": plain(line(text), HEADER)}


def section(text: str, *, block_id: str = "") -> Json:
    return {"type": "section", "text": marked(text), **({"block_id": block_id} if block_id else {})}


def said(text: str) -> Json:
    """What somebody said, as they said it."""
    return {"type": "section", "text": plain(text, SECTION)}


def fields(pairs: Iterable[tuple[str, str]]) -> Json:
    """Facts in two columns; the values are mrkdwn already. Those without a value are left out."""
    shown = [marked(f"*{name}*\n{value}", FIELD) for name, value in pairs if value][:10]
    return {"type": "section", "fields": shown or [marked("–")]}


def context(*texts: str) -> Json:
    return {"type": "context", "elements": [marked(text) for text in texts if text][:10] or [marked("–")]}


def divider() -> Json:
    return {"type": "divider"}


def actions(elements: Sequence[Json], *, block_id: str) -> Json:
    return {"type": "actions", "block_id": block_id[:255], "elements": list(elements)[:25]}


def button(text: str, action_id: str, value: str = "", *, style: str = "", url: str = "") -> Json:
    made = {"type": "button", "text": _label(text, LABEL), "action_id": action_id}
    optional = {"value": value[:2000], "style": style, "url": url[:3000]}
    return made | {name: given for name, given in optional.items() if given}


def option(text: str, value: str, description: str = "") -> Json:
    made = {"text": plain(line(text), LABEL), "value": value[:VALUE] or "–"}
    return made | ({"description": plain(description, LABEL)} if description else {})


def options(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    """(value, text) → options, each value once, as many as a menu takes."""
    made = {value[:VALUE]: option(text, value) for value, text in pairs}
    return list(made.values())[:MOST_OPTIONS]


def select(action_id: str, choices: list[Json], *, placeholder: str, chosen: str = "") -> Json:
    made: Json = {"type": "static_select", "action_id": action_id, "options": choices}
    made["placeholder"] = _label(placeholder, VALUE)
    first = next((choice for choice in choices if choice["value"] == chosen[:VALUE]), None)
    return made | ({"initial_option": first} if first else {})


def radio(action_id: str, choices: list[Json]) -> Json:
    """Radio buttons, or a menu where there are more than ten."""
    if len(choices) > 10:
        return select(action_id, choices, placeholder=_("Choose one"))
    return {"type": "radio_buttons", "action_id": action_id, "options": choices}


def overflow(action_id: str, choices: list[Json]) -> Json:
    """Two to five options."""
    return {"type": "overflow", "action_id": action_id, "options": choices[:5]}


def text_input(
    action_id: str,
    *,
    most: int = SECTION,
    lines: bool = False,
    start: str = "",
    hint: str = "",
    told: bool = False,
) -> Json:
    """``told``: we hear of it while it is typed."""
    made: Json = {"type": "plain_text_input", "action_id": action_id, "multiline": lines, "max_length": most}
    if start.strip():
        made["initial_value"] = start[:most]
    if told:
        made["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    return made | ({"placeholder": _label(hint, VALUE)} if hint else {})


def field(
    block_id: str, label: str, element: Json, *, optional: bool = False, hint: str = "", told: bool = False
) -> Json:
    """An input block. ``told``: we hear of each choice at once."""
    made: Json = {"type": "input", "block_id": block_id[:255], "element": element}
    made["label"] = _label(label, FIELD)
    made |= {"optional": optional, "dispatch_action": told}
    return made | ({"hint": _label(hint, FIELD)} if hint else {})


def modal(
    callback_id: str,
    title: str,
    blocks: list[Json],
    *,
    submit: str = "",
    close: str = "",
    meta: str = "",
) -> Json:
    """A modal view, at most 100 blocks."""
    made = {
        "type": "modal",
        "callback_id": callback_id,
        "title": _label(title, TITLE),
        "blocks": blocks[:100],
    }
    made |= {"close": _label(close or _("Cancel"), TITLE), "private_metadata": meta[:SECTION]}
    return made | ({"submit": _label(submit, TITLE)} if submit else {})


def _label(text: str, most: int) -> Json:
    """Our own words: their emoji are shown."""
    return {"type": "plain_text", "text": cut(text, most), "emoji": True}
