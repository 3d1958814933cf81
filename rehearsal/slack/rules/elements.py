"""Rules of elements and composition objects (docs.slack.dev: "Block elements", "Composition objects")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rehearsal.slack.wire.schema import (
    Rule,
    anything,
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
    """Exactly one of ``options`` and ``option_groups``, and what is chosen at first is one of them."""
    if ("options" in value) == ("option_groups" in value):
        yield says("options or option_groups, and not both", pointer)
        return
    groups = [group["options"] for group in value.get("option_groups", [])]
    values = [option["value"] for options in [value.get("options", []), *groups] for option in options]
    chosen = [*value.get("initial_options", []), *filter(None, [value.get("initial_option")])]
    if any(option["value"] not in values for option in chosen):
        yield says("initial options must be among the options", pointer)


ID = string(255, least=1)
CONFIRM = record(
    {"title": plain(100), "text": text(300)},
    {"confirm": plain(30), "deny": plain(30), "style": one_of("primary", "danger")},
)
"""Confirmation dialog object."""
_VALUE = string(150, least=1)
OPTION = record({"text": plain(75), "value": _VALUE}, {"description": plain(75)})
"""Option object, in menus; 75 characters each, value 150."""
MARKED_OPTION = record({"text": text(75), "value": _VALUE}, {"description": text(75)})
"""Option object in radio buttons and checkboxes, which may have mrkdwn."""
OVERFLOW_OPTION = record(
    {"text": plain(75), "value": _VALUE}, {"description": plain(75), "url": string(3000)}
)
_GROUP = record({"label": plain(75), "options": array(OPTION, 100)})
_COMMON = {"action_id": ID, "focus_on_load": boolean}
_MENU = {**_COMMON, "placeholder": plain(150), "confirm": CONFIRM}
_OPTIONS = {"options": array(OPTION, 100), "option_groups": array(_GROUP, 100)}
_MOST = {"max_selected_items": whole(1, 100)}
_FETCHED = {"min_query_length": whole(0, 1000)}
_DISPATCH = {
    "dispatch_action_config": record(
        {}, {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)}
    )
}
_TYPED = {**_COMMON, "placeholder": plain(150), **_DISPATCH}


def _element(kind: str, required: dict[str, Rule], optional: dict[str, Rule], *more: Rule) -> Rule:
    return record({"type": one_of(kind), **required}, optional, *more)


def _lengths(value: Any, pointer: str) -> Iterator[str]:
    if len(value.get("initial_value", "")) > value.get("max_length", 3000):
        yield says("initial_value is longer than max_length", pointer)
    if value.get("min_length", 0) > value.get("max_length", 3000):
        yield says("min_length is more than max_length", pointer)


def _ids(name: str) -> dict[str, Rule]:
    return {f"initial_{name}": array(string(255), 100, least=0)}


ELEMENTS: dict[str, Rule] = {
    "button": _element(
        "button",
        {"text": plain(75)},
        {
            "action_id": ID,
            "url": string(3000),
            "value": string(2000),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
    ),
    "overflow": _element(
        "overflow", {"options": array(OVERFLOW_OPTION, 5, least=2)}, {"action_id": ID, "confirm": CONFIRM}
    ),
    "image": _element("image", {"image_url": string(3000), "alt_text": string(2000)}, {}),
    "static_select": _element(
        "static_select", {}, {**_MENU, **_OPTIONS, "initial_option": OPTION}, among_options
    ),
    "multi_static_select": _element(
        "multi_static_select",
        {},
        {**_MENU, **_OPTIONS, **_MOST, "initial_options": array(OPTION, 100)},
        among_options,
    ),
    "external_select": _element("external_select", {}, {**_MENU, **_FETCHED, "initial_option": OPTION}),
    "multi_external_select": _element(
        "multi_external_select", {}, {**_MENU, **_FETCHED, **_MOST, "initial_options": array(OPTION, 100)}
    ),
    "users_select": _element("users_select", {}, {**_MENU, "initial_user": string(255)}),
    "multi_users_select": _element("multi_users_select", {}, {**_MENU, **_MOST, **_ids("users")}),
    "channels_select": _element(
        "channels_select", {}, {**_MENU, "initial_channel": string(255), "response_url_enabled": boolean}
    ),
    "conversations_select": _element(
        "conversations_select",
        {},
        {
            **_MENU,
            "initial_conversation": string(255),
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": anything,
        },
    ),
    "radio_buttons": _element(
        "radio_buttons",
        {"options": array(MARKED_OPTION, 10)},
        {**_COMMON, "initial_option": MARKED_OPTION, "confirm": CONFIRM},
        among_options,
    ),
    "checkboxes": _element(
        "checkboxes",
        {"options": array(MARKED_OPTION, 10)},
        {**_COMMON, "initial_options": array(MARKED_OPTION, 10), "confirm": CONFIRM},
        among_options,
    ),
    "datepicker": _element("datepicker", {}, {**_MENU, "initial_date": string(10, least=10)}),
    "timepicker": _element(
        "timepicker", {}, {**_MENU, "initial_time": string(5, least=5), "timezone": string()}
    ),
    "datetimepicker": _element(
        "datetimepicker", {}, {**_COMMON, "initial_date_time": whole(0, 9_999_999_999), "confirm": CONFIRM}
    ),
    "plain_text_input": _element(
        "plain_text_input",
        {},
        {
            **_TYPED,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        _lengths,
    ),
    "rich_text_input": _element(
        "rich_text_input",
        {},
        {**_TYPED, "initial_value": anything, "min_lines": whole(1, 100), "max_lines": whole(1, 100)},
    ),
    "email_text_input": _element("email_text_input", {}, {**_TYPED, "initial_value": string(3000)}),
    "url_text_input": _element("url_text_input", {}, {**_TYPED, "initial_value": string(3000)}),
    "number_input": _element(
        "number_input",
        {"is_decimal_allowed": boolean},
        {**_TYPED, "initial_value": string(), "min_value": string(), "max_value": string()},
    ),
    "file_input": _element(
        "file_input", {}, {"action_id": ID, "filetypes": array(string(20), 100), "max_files": whole(1, 10)}
    ),
}

_CHOOSING = {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
_MULTI = {"multi_static_select", "multi_external_select", "multi_users_select"}
_PICKING = {"radio_buttons", "checkboxes", "datepicker", "timepicker"}
_TYPING = {"plain_text_input", "rich_text_input", "email_text_input", "url_text_input", "number_input"}
IN_ACTIONS = {"button", "overflow", "datetimepicker"} | _CHOOSING | _PICKING
IN_SECTION = {"button", "overflow", "image"} | _CHOOSING | _MULTI | _PICKING
IN_INPUT = {"datetimepicker", "file_input"} | _TYPING | _CHOOSING | _MULTI | _PICKING
"""Which elements each block may hold ("Block elements", "Works with block types" of each)."""


def elements(names: set[str]) -> Rule:
    """Any of these elements."""
    return typed({name: ELEMENTS[name] for name in sorted(names)})
