"""Rules of blocks, and of messages, modals and App Homes (docs.slack.dev: "Blocks", "Views")."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from rehearsal.slack.rules.elements import ID, IN_ACTIONS, IN_INPUT, IN_SECTION, elements, plain, text
from rehearsal.slack.wire.schema import Rule, anything, array, boolean, one_of, record, says, string, typed
from rehearsal.slack.wire.wire import Json, SlackError, new_id

CHARACTERS = 13_000
"""All text of a message's blocks. Measured, not documented: ``msg_blocks_too_long`` near 13,200 (bolt-js #2509)."""


def _block(
    kind: str, required: dict[str, Rule], optional: dict[str, Rule] | None = None, *more: Rule
) -> Rule:
    return record({"type": one_of(kind), **required}, {"block_id": ID, **(optional or {})}, *more)


def _something(value: Any, pointer: str) -> Iterator[str]:
    if "text" not in value and "fields" not in value:
        yield says("missing required field: text or fields", pointer)


def _unlike(value: Any, pointer: str) -> Iterator[str]:
    """Within a block, each action_id is used once ("Block elements", ``action_id``)."""
    names = [each["action_id"] for each in value["elements"] if "action_id" in each]
    if len(set(names)) < len(names):
        yield says("action_ids must be unique within a block", pointer)


def _file_inputs(value: Any, pointer: str) -> Iterator[str]:
    if value["element"]["type"] == "file_input" and value.get("dispatch_action"):
        yield says("file_input does not dispatch actions", pointer)


_SMALL = typed({"image": elements({"image"}), "mrkdwn": text(3000), "plain_text": text(3000)})


def _submittable(value: Any, pointer: str) -> Iterator[str]:
    """``submit`` is required where there is an input block ("Modals", section "Defining modal views")."""
    if "submit" not in value and any(block["type"] == "input" for block in value["blocks"]):
        yield says("missing required field: submit", pointer)


BLOCKS: dict[str, Rule] = {
    "section": _block(
        "section",
        {},
        {
            "text": text(3000),
            "fields": array(text(2000), 10),
            "accessory": elements(IN_SECTION),
        },
        _something,
    ),
    "divider": _block("divider", {}),
    "header": _block("header", {"text": plain(150)}),
    "image": _block(
        "image",
        {"alt_text": string(2000)},
        {"image_url": string(3000), "title": plain(2000)},
    ),
    "context": _block(
        "context",
        {"elements": array(_SMALL, 10)},
    ),
    "actions": _block("actions", {"elements": array(elements(IN_ACTIONS), 25)}, {}, _unlike),
    "input": _block(
        "input",
        {"label": plain(2000), "element": elements(IN_INPUT)},
        {"hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
        _file_inputs,
    ),
    "rich_text": _block("rich_text", {"elements": anything}),
}  # fmt: skip
_MESSAGE = array(typed(BLOCKS), 50, least=0)
_BLOCKS = array(typed(BLOCKS), 100, least=0)
_VIEW = {"private_metadata": string(3000), "callback_id": string(255)}
_MODAL = record(
    {"type": one_of("modal"), "title": plain(24), "blocks": _BLOCKS},
    {"submit": plain(24), "close": plain(24), "clear_on_close": boolean, **_VIEW},
    _submittable,
)
_HOME = record({"type": one_of("home"), "blocks": _BLOCKS}, _VIEW)
_SURFACES = typed({"modal": _MODAL, "home": _HOME})


def message_blocks(blocks: object) -> list[Json]:
    """A message's blocks with ids filled in; raises what ``chat.*`` answers.

    "Blocks": at most 50, unique block_ids; file_input is for modals ("File input element").
    """
    complaints = list(_MESSAGE(blocks, "/blocks"))
    if not complaints:
        assert isinstance(blocks, list)
        complaints = [*_unique(blocks, "/blocks"), *_no_files(blocks, "/blocks")]
    if complaints:
        raise SlackError("invalid_blocks", messages=complaints, errors=complaints)
    if characters(blocks) > CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return _named(blocks)


def view(body: object) -> Json:
    """A view with ids filled in; raises what ``views.*`` answers ("Views": ``invalid_arguments``)."""
    complaints = list(_SURFACES(body, "/view"))
    if not complaints:
        assert isinstance(body, dict)
        complaints = list(_unique(body["blocks"], "/view/blocks"))
        if body["type"] == "home":
            complaints += _no_files(body["blocks"], "/view/blocks")
    if complaints:
        raise SlackError("invalid_arguments", messages=complaints)
    if len(str(body)) > 250_000:
        raise SlackError("view_too_large")
    assert isinstance(body, dict)
    return body | {"blocks": _named(body["blocks"])}


def characters(value: object) -> int:
    """All characters of all ``text`` strings in some blocks."""
    if isinstance(value, list):
        return sum(map(characters, value))
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(map(characters, value.values()))


def _unique(blocks: list[Json], pointer: str) -> Iterator[str]:
    names = [block["block_id"] for block in blocks if "block_id" in block]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield says(f"block_id {name} is not unique", pointer)


def _no_files(blocks: list[Json], pointer: str) -> Iterator[str]:
    for index, block in enumerate(blocks):
        if block["type"] == "input" and block["element"]["type"] == "file_input":
            yield says("file_input is available in modals only", f"{pointer}/{index}/element")


def _named(blocks: Any) -> list[Json]:
    named: list[Json] = copy.deepcopy(blocks)
    for block in named:
        block.setdefault("block_id", new_id("b"))
        inner = [*block.get("elements", []), block.get("element"), block.get("accessory")]
        for element in inner:
            if block["type"] in ("actions", "input", "section") and element and element["type"] != "image":
                element.setdefault("action_id", new_id("a"))
    return named
