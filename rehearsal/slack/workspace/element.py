"""Elements of blocks as a person uses them: where they stand, and the values they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rehearsal.slack.wire.wire import Json

HELD = {
    "plain_text_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "multi_external_select": "selected_options",
    "multi_users_select": "selected_users",
    "file_input": "files",
}
"""Where an element's value stands in ``state.values`` and in an action (docs.slack.dev: "Block elements")."""
INPUTS = frozenset(HELD)
MANY = frozenset({"checkboxes", "multi_external_select", "multi_users_select", "file_input"})
_INITIAL = {"plain_text_input": "initial_value", "file_input": ""}


def actions_of(block: Json) -> Iterator[Json]:
    """The interactive elements of a block."""
    kind = block.get("type")
    if kind == "actions":
        yield from block["elements"]
    elif kind == "input":
        yield block["element"]
    elif kind == "section" and "action_id" in block.get("accessory", {}):
        yield block["accessory"]


def find(blocks: list[Json], *, action_id: str = "", block_id: str = "") -> tuple[Json, Json] | None:
    """The first (block, element) with these ids; an id left out may be any."""
    for block in blocks:
        for element in actions_of(block):
            if action_id in ("", element["action_id"]) and block_id in ("", block["block_id"]):
                return block, element
    return None


def first_value(element: Json) -> Json:
    """The initial value of an element."""
    kind = element["type"]
    held = HELD[kind]
    name = _INITIAL.get(kind, held.replace("selected", "initial"))
    return {"type": kind, held: element.get(name, [] if kind in MANY else None)}


def empty(value: Json) -> bool:
    """Is the value empty: nothing typed or chosen?"""
    return not value[HELD[value["type"]]]


def chosen(element: Json, value: object, *, fetched: Callable[[], list[Json]] = list) -> Json:
    """The element's value once a person has chosen; ``value``: an option's value, a text, a list.

    ``fetched``: the options of an external select. ValueError if there is no such option.
    """
    kind = element["type"]
    held = HELD[kind]
    if kind in MANY and not isinstance(value, list):
        value = [value]
    if held == "selected_option":
        return {"type": kind, held: None if value is None else _option(element, value, fetched)}
    if held == "selected_options":
        assert isinstance(value, list)
        return {"type": kind, held: [_option(element, each, fetched) for each in value]}
    return {"type": kind, held: value}


def _option(element: Json, value: object, fetched: Callable[[], list[Json]]) -> Json:
    options = fetched() if "external" in element["type"] else element["options"]
    for option in options:
        if option.get("value") == value:
            return {"text": option["text"], "value": option["value"]}
    raise ValueError(f"{element['action_id']} has no option {value}")
