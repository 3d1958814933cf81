"""Drafts in forms: what was typed before stands in the fields again, with a button that discards it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from channels.slack.text.i18n import _
from channels.slack.views.blocks import Json, actions, button, context, moment

MAIN = ("subject", "text")
"""Fields of which Slack tells us while somebody types there ("Input block", ``dispatch_action``)."""
YOURS = "📝 Your draft, {when}. It is kept for a week, until you send or discard it."
NOTE, ROW = "draft_note", "draft"
"""The block_ids of what says so, and of the button."""
KEPT = ("type", "callback_id", "title", "submit", "close", "private_metadata")
"""Properties of a view with which it can be shown again."""


def dispatching(view: Json) -> Json:
    """The form, of whose main fields Slack tells what is typed in them."""
    return {**view, "blocks": [_dispatching(block) if _main(block) else block for block in view["blocks"]]}


def begun(view: Json) -> bool:
    """Does it begin with words already?"""
    return any("initial_value" in block["element"] for block in view["blocks"] if _main(block))


def with_draft(view: Json, typed: Mapping[str, str], at: datetime) -> Json:
    """The form with what was typed in it at that moment."""
    blocks = [_filled(block, typed.get(name_of(block), "")) for block in view["blocks"]]
    last = max(number for number, block in enumerate(blocks) if _main(block)) + 1
    note = {**context(_(YOURS, when=moment(at))), "block_id": NOTE}
    row = actions([button(_("Discard"), "draft_discard")], block_id=ROW)
    return {**view, "blocks": [*blocks[:last], note, row, *blocks[last:]]}


def typed_in(view: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the text fields, by their names; as it was typed, blanks too."""
    values = (view.get("state") or {}).get("values") or {}
    elements: dict[str, Mapping[str, Any]] = {
        name: next(iter(held.values()), {}) for name, held in values.items()
    }
    return {
        name.partition(":")[0]: str(element["value"])
        for name, element in elements.items()
        if element.get("type") == "plain_text_input" and element.get("value")
    }


def emptied(view: Mapping[str, Any]) -> Json:
    """The form as it stands there, its text fields empty.

    Slack keeps what somebody typed unless a field has another name ("Updating modal views").
    """
    blocks = [_emptied(block) for block in view["blocks"] if block.get("block_id") not in (NOTE, ROW)]
    return {**{key: view[key] for key in KEPT if view.get(key)}, "blocks": blocks}


def named_as(view: Json, shown: Mapping[str, Any]) -> Json:
    """The form, its text fields called as in the one that it replaces: so what was typed there stays."""
    names = {name_of(block): block["block_id"] for block in shown["blocks"] if _is_text(block)}
    blocks = [
        {**block, "block_id": names.get(name_of(block), block["block_id"])} if _is_text(block) else block
        for block in view["blocks"]
    ]
    return {**view, "blocks": blocks}


def name_of(block: Mapping[str, Any]) -> str:
    """A field's name, however often it was drawn anew: ``text:2`` is ``text``."""
    return str(block.get("block_id") or "").partition(":")[0]


def _is_text(block: Mapping[str, Any]) -> bool:
    return bool(block["type"] == "input" and block["element"]["type"] == "plain_text_input")


def _main(block: Mapping[str, Any]) -> bool:
    return _is_text(block) and name_of(block) in MAIN


def _dispatching(block: Json) -> Json:
    when = {"trigger_actions_on": ["on_character_entered"]}
    return {**block, "dispatch_action": True, "element": {**block["element"], "dispatch_action_config": when}}


def _filled(block: Json, text: str) -> Json:
    if not text or not _is_text(block):
        return block
    element = block["element"]
    return {**block, "element": {**element, "initial_value": text[: element.get("max_length", 3000)]}}


def _emptied(block: Json) -> Json:
    if not _is_text(block):
        return block
    drawn = int(str(block["block_id"]).partition(":")[2] or 0) + 1
    element = {key: value for key, value in block["element"].items() if key != "initial_value"}
    return {**block, "block_id": f"{name_of(block)}:{drawn}", "element": element}
