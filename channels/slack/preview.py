"""Previews: every view and message of Slack as HTML, for whoever reads its words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from channels.slack.samples import SampleChoices, views
from channels.slack.text.i18n import Translate, translating

_DATE = re.compile(r"<!date\^\d+\^[^<>|]*\|([^<>]*)>")
_LINK = re.compile(r"<(?:https?|mailto):[^<>|]*\|([^<>]*)>")
_CALL = re.compile(r"<([@#!][^<>|]*)(?:\|[^<>]*)?>")
_BOLD = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])")
_CODE = re.compile(r"`([^`\n]+)`")
Json = Mapping[str, Any]


def previews(lists: SampleChoices, say: Translate) -> Iterator[tuple[str, str]]:
    """The name and the HTML of each view; ``say`` translates our sentences."""
    with translating(say):
        samples = list(views(lists))
    for sample in samples:
        body = _modal(sample.body) if sample.kind == "view" else _blocks(sample.body)
        yield sample.name, f'<div class="{sample.kind}">{body}</div>'


def _modal(view: Json) -> str:
    title = f"<h4>{_plain(view['title'])}</h4>" if "title" in view else ""
    ends = "".join(_button(view[key], "") for key in ("close", "submit") if key in view)
    return f"{title}{_blocks(view['blocks'])}{f'<p class=end>{ends}</p>' if ends else ''}"


def _blocks(blocks: list[Json]) -> str:
    return "".join(_KINDS.get(str(block["type"]), _other)(block) for block in blocks)


def _section(block: Json) -> str:
    fields = "".join(f"<div>{_text(field)}</div>" for field in block.get("fields") or ())
    words = f"<div>{_text(block['text'])}</div>" if "text" in block else ""
    accessory = _element(block["accessory"]) if "accessory" in block else ""
    fields = f'<div class="fields">{fields}</div>' if fields else ""
    return f'<div class="section">{words}{fields}<div>{accessory}</div></div>'


def _context(block: Json) -> str:
    return f"<p class=small>{' &nbsp; '.join(map(_text, block['elements']))}</p>"


def _actions(block: Json) -> str:
    return f"<p class=row>{''.join(map(_element, block['elements']))}</p>"


def _input(block: Json) -> str:
    hint = f"<small>{_plain(block['hint'])}</small>" if "hint" in block else ""
    return f"<p class=input><b>{_plain(block['label'])}</b>{_element(block['element'])}{hint}</p>"


def _other(block: Json) -> str:
    return "<hr>" if block["type"] == "divider" else ""


_KINDS = {
    "header": lambda block: f"<h5>{_plain(block['text'])}</h5>",
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
}


def _element(element: Json) -> str:
    if element["type"] == "button":
        return _button(element["text"], str(element.get("style") or ""))
    options = "".join(f"<li>{_option(option)}</li>" for option in element.get("options") or ())
    words = _plain(element["placeholder"]) if "placeholder" in element else ""
    start = escape(str(element.get("initial_value") or ""))
    field = (
        f"<i>{start or words or '…'}</i>" if element["type"] not in ("radio_buttons", "checkboxes") else ""
    )
    return f'<span class="field">{field}{f"<ul>{options}</ul>" if options else ""}</span>'


def _option(option: Json) -> str:
    below = f"<br><small>{_plain(option['description'])}</small>" if "description" in option else ""
    return f"{_text(option['text'])}{below}"


def _button(text: Json, style: str) -> str:
    return f'<span class="button {style}">{_plain(text)}</span>'


def _text(text: Json) -> str:
    return _marked(str(text["text"])) if text.get("type") == "mrkdwn" else _plain(text)


def _plain(text: Json) -> str:
    return escape(str(text["text"]))


def _marked(text: str) -> str:
    """Our mrkdwn as HTML; people's words in it are escaped already."""
    text = _CALL.sub(r"\1", _LINK.sub("\x1c\\1\x1d", _DATE.sub(r"\1", text)))
    text = text.replace("<", "&lt;").replace(">", "&gt;").replace("\x1c", "<u>").replace("\x1d", "</u>")
    return _CODE.sub(r"<code>\1</code>", _BOLD.sub(r"<b>\1</b>", text)).replace("\n", "<br>")
