"""Blocks and elements within Block Kit's limits; nobody's words mention, link or call.

Limits from docs.slack.dev, "Blocks", "Block elements", "Composition objects", "Views"; sizes in characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.languages.locale_formats import zone_name
from bot.languages.reader_zone import local
from channels.slack.text.fallback_text import escaped
from channels.slack.text.i18n import _

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
    """The text in one line."""
    return " ".join(text.split())


def safe(text: str, most: int = 500) -> str:
    """People's text for mrkdwn: escaped, at most so many characters, no entity cut in two."""
    text = escaped(text.strip()) or "–"
    if len(text) <= most:
        return text
    text = text[: most - 1]
    entity = text.rfind("&", max(len(text) - 5, 0))
    return (text[:entity] if entity >= 0 and ";" not in text[entity:] else text) + "…"


def moment(at: datetime) -> str:
    """A time that every reader sees in their own zone ("Formatting message text", "Date formatting").

    Where a program cannot show that, it is told by the clock of whoever it is written for, else by the desk's.
    """
    here = local(at)
    words = f"{here:%Y-%m-%d %H:%M} {zone_name(here)}"
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{words}>"


def plain(text: str, most: int) -> Json:
    """A plain text object, in which nothing is interpreted."""
    return {"type": "plain_text", "text": cut(text, most), "emoji": False}


def marked(text: str, most: int = SECTION) -> Json:
    """An object of our own mrkdwn; people's text in it went through ``safe``."""
    return {"type": "mrkdwn", "text": text[:most] or "–", "verbatim": True}


def header(text: str) -> Json:
    return {"type": "header", "text": plain(line(text), HEADER)}


def section(text: str, *, block_id: str = "") -> Json:
    return {"type": "section", "text": marked(text), **({"block_id": block_id} if block_id else {})}


def said(text: str) -> Json:
    """A section with somebody's own words."""
    return {"type": "section", "text": plain(text, SECTION)}


MOST_FIELDS = 10
"""Facts in one section."""


def fields(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    """Facts in two columns, ten in a section; values are mrkdwn already, empty ones are left out."""
    shown = [marked(f"*{name}*\n{value}", FIELD) for name, value in pairs if value] or [marked("–")]
    parts = (shown[first : first + MOST_FIELDS] for first in range(0, len(shown), MOST_FIELDS))
    return [{"type": "section", "fields": part} for part in parts]


def context(*texts: str) -> Json:
    return {"type": "context", "elements": [marked(text) for text in texts if text][:10] or [marked("–")]}


def divider() -> Json:
    return {"type": "divider"}


def actions(elements: Sequence[Json], *, block_id: str) -> Json:
    return {"type": "actions", "block_id": block_id[:255], "elements": list(elements)[:25]}


def button(
    text: str, action_id: str, value: str = "", *, style: str = "", url: str = "", about: str = ""
) -> Json:
    """A button. ``about``: what screen readers say after its words, where several have the same."""
    element = {"type": "button", "text": _label(text, LABEL), "action_id": action_id}
    optional = {"value": value[:2000], "style": style, "url": url[:3000]}
    optional |= {"accessibility_label": cut(f"{text} · {line(about)}", LABEL)} if about else {}
    return element | {name: setting for name, setting in optional.items() if setting}


def option(text: str, value: str, description: str = "") -> Json:
    element = {"text": plain(line(text), LABEL), "value": value[:VALUE] or "–"}
    return element | ({"description": plain(description, LABEL)} if description else {})


def options(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    """Options from (value, text), each value once, as many as a menu takes."""
    by_value = {value[:VALUE]: option(text, value) for value, text in pairs}
    return list(by_value.values())[:MOST_OPTIONS]


def select(action_id: str, choices: list[Json], *, placeholder: str, chosen: str = "") -> Json:
    element: Json = {"type": "static_select", "action_id": action_id, "options": choices}
    element["placeholder"] = _label(placeholder, VALUE)
    first = next((choice for choice in choices if choice["value"] == chosen[:VALUE]), None)
    return element | ({"initial_option": first} if first else {})


def external_select(action_id: str, *, placeholder: str, chosen: str = "") -> Json:
    """A menu whose options we are asked for when it is opened; ``chosen``: what it shows first."""
    element: Json = {"type": "external_select", "action_id": action_id, "min_query_length": 0}
    element["placeholder"] = _label(placeholder, VALUE)
    return element | ({"initial_option": option(chosen, chosen)} if chosen else {})


def radio(action_id: str, choices: list[Json]) -> Json:
    """Radio buttons, or a menu for more than ten choices."""
    if len(choices) > 10:
        return select(action_id, choices, placeholder=_("Choose one"))
    return {"type": "radio_buttons", "action_id": action_id, "options": choices}


def checkboxes(action_id: str, choices: list[Json]) -> Json:
    """Boxes to tick, ten at most."""
    return {"type": "checkboxes", "action_id": action_id, "options": choices[:10]}


def overflow(action_id: str, choices: list[Json]) -> Json:
    """An overflow menu of two to five options."""
    return {"type": "overflow", "action_id": action_id, "options": choices[:5]}


def text_input(
    action_id: str,
    *,
    most: int = SECTION,
    lines: bool = False,
    start: str = "",
    hint: str = "",
    dispatch: bool = False,
) -> Json:
    """A text field. ``dispatch``: Slack sends an event while somebody types."""
    element: Json = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": lines,
        "max_length": most,
    }
    if start.strip():
        element["initial_value"] = start[:most]
    if dispatch:
        element["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    return element | ({"placeholder": _label(hint, VALUE)} if hint else {})


def field(
    block_id: str,
    label: str,
    element: Json,
    *,
    optional: bool = False,
    hint: str = "",
    dispatch: bool = False,
) -> Json:
    """An input block. ``dispatch``: Slack sends an event for each choice."""
    block: Json = {"type": "input", "block_id": block_id[:255], "element": element}
    block["label"] = _label(label, FIELD)
    block |= {"optional": optional, "dispatch_action": dispatch}
    return block | ({"hint": _label(hint, FIELD)} if hint else {})


def modal(
    callback_id: str,
    title: str,
    blocks: list[Json],
    *,
    submit: str = "",
    close: str = "",
    meta: str = "",
    closes_all: bool = False,
) -> Json:
    """A modal view, at most 100 blocks.

    ``closes_all``: it is closed together with the form below it, which has done its work ("Modal views").
    """
    view: Json = {
        "type": "modal",
        "callback_id": callback_id,
        "title": _label(title, TITLE),
        "blocks": blocks[:100],
    }
    view |= {"clear_on_close": True} if closes_all else {}
    view |= {"close": _label(close or _("Cancel"), TITLE), "private_metadata": meta[:SECTION]}
    return view | ({"submit": _label(submit, TITLE)} if submit else {})


def _label(text: str, most: int) -> Json:
    """Our own words: their emoji are shown."""
    return {"type": "plain_text", "text": cut(text, most), "emoji": True}


def entries(docs_url: str, *, but: str = "") -> Json:
    """The entry buttons, without the one that led here (``new`` or ``my``)."""
    shown = [] if but == "new" else [button(_("Create a case"), "new_case", style="primary")]
    shown += [] if but == "my" else [button(_("My cases"), "my_cases")]
    shown += [button(_("Read the documentation"), "documentation", url=docs_url)] if docs_url else []
    return actions(shown, block_id="entries")
