"""Rules of elements and composition objects (docs.slack.dev: "Block elements", "Composition objects")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rehearsal.slack.wire.schema import (
    Rule,
    array,
    boolean,
    one_of,
    record,
    says,
    string,
    typed,
    whole,
)


def plain(most: int) -> Rule:
    """A text object of type plain_text ("Text object": at least one character)."""
    return record({"type": one_of("plain_text"), "text": string(most, least=1)}, {"emoji": boolean})


def text(most: int) -> Rule:
    """A text object of either type ("Text object"); ``emoji`` is for plain_text, ``verbatim`` for mrkdwn."""
    marked = record({"type": one_of("mrkdwn"), "text": string(most, least=1)}, {"verbatim": boolean})
    return typed({"plain_text": plain(most), "mrkdwn": marked})


def among_options(value: Any, pointer: str) -> Iterator[str]:
    """There are options, and what is chosen at first is one of them."""
    if "options" not in value:
        yield says("missing required field: options", pointer)
        return
    known = [option["value"] for option in value["options"]]
    if "initial_option" in value and value["initial_option"]["value"] not in known:
        yield says("initial options must be among the options", pointer)


ID = string(255, least=1)
_VALUE = string(150, least=1)
OPTION = record({"text": plain(75), "value": _VALUE}, {"description": plain(75)})
"""Option object, in menus; 75 characters each, value 150."""
MARKED_OPTION = record({"text": text(75), "value": _VALUE}, {"description": text(75)})
"""Option object in radio buttons and checkboxes, which may have mrkdwn."""
_MENU = {"action_id": ID, "placeholder": plain(150)}
_MANY = {**_MENU, "max_selected_items": whole(1, 100)}
_DISPATCH = record({}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)})


def _element(kind: str, required: dict[str, Rule], optional: dict[str, Rule], *more: Rule) -> Rule:
    return record({"type": one_of(kind), **required}, optional, *more)


def _lengths(value: Any, pointer: str) -> Iterator[str]:
    if len(value.get("initial_value", "")) > value.get("max_length", 3000):
        yield says("initial_value is longer than max_length", pointer)


ELEMENTS: dict[str, Rule] = {
    "button": _element(
        "button",
        {"text": plain(75)},
        {
            "action_id": ID,
            "url": string(3000),
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
    ),
    "overflow": _element("overflow", {"options": array(OPTION, 5, least=2)}, {"action_id": ID}),
    "image": _element("image", {"image_url": string(3000), "alt_text": string(2000)}, {}),
    "static_select": _element(
        "static_select", {}, {**_MENU, "options": array(OPTION, 100), "initial_option": OPTION}, among_options
    ),
    "external_select": _element(
        "external_select", {}, {**_MENU, "min_query_length": whole(0, 1000), "initial_option": OPTION}
    ),
    "multi_external_select": _element(
        "multi_external_select", {}, {**_MANY, "min_query_length": whole(0, 1000)}
    ),
    "multi_users_select": _element("multi_users_select", {}, _MANY),
    "radio_buttons": _element(
        "radio_buttons",
        {"options": array(MARKED_OPTION, 10)},
        {"action_id": ID, "initial_option": MARKED_OPTION},
        among_options,
    ),
    "checkboxes": _element(
        "checkboxes",
        {"options": array(MARKED_OPTION, 10)},
        {"action_id": ID, "initial_options": array(MARKED_OPTION, 10)},
    ),
    "plain_text_input": _element(
        "plain_text_input",
        {},
        {
            **_MENU,
            "dispatch_action_config": _DISPATCH,
            "initial_value": string(3000),
            "multiline": boolean,
            "max_length": whole(1, 3000),
        },
        _lengths,
    ),
    "file_input": _element("file_input", {}, {"action_id": ID, "max_files": whole(1, 10)}),
}
"""The elements that casebot shows; any other is refused, until its rule stands here."""
_PICKING = {"static_select", "external_select", "radio_buttons", "checkboxes"}
_MULTI = {"multi_external_select", "multi_users_select"}
IN_ACTIONS = {"button", "overflow"} | _PICKING
IN_SECTION = {"button", "overflow", "image"} | _PICKING | _MULTI
IN_INPUT = {"plain_text_input", "file_input"} | _PICKING | _MULTI
"""Which elements each block may hold ("Block elements", "Works with block types" of each)."""


def elements(names: set[str]) -> Rule:
    """Any of these elements."""
    return typed({name: ELEMENTS[name] for name in sorted(names)})
