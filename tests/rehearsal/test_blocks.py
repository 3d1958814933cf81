"""What the rehearsal workspace lets through as blocks and views."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.models.blocks import Block as Parsed

from rehearsal.slack.rules import blocks
from rehearsal.slack.wire.wire import SlackError
from tests.support.houses.slack_app import field, modal, option, plain

Block = dict[str, Any]


def section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def button(number: int = 1, **more: Any) -> Block:
    return {"type": "button", "action_id": f"b{number}", "text": plain("Go"), **more}


def select(*options: Block, **more: Any) -> Block:
    return {"type": "static_select", "action_id": "s", "options": list(options), **more}


def overflow(count: int) -> Block:
    return {"type": "overflow", "action_id": "o", "options": [option(f"v{n}") for n in range(count)]}


def files(most: int) -> Block:
    return field("files", {"type": "file_input", "max_files": most})


TEXT_INPUT = {"type": "plain_text_input", "action_id": "typed"}
GOOD_BLOCKS = {
    "section": section("*Hello*"),
    "fields": {"type": "section", "fields": [plain("a"), plain("b")]},
    "header": {"type": "header", "text": plain("CS-000123")},
    "context": {"type": "context", "elements": [plain("a"), {"type": "mrkdwn", "text": "b"}]},
    "actions": actions(
        button(1, style="primary", value="x" * 2000), button(2), select(option("a")), overflow(5)
    ),
    "divider": {"type": "divider"},
    "input": field("a", TEXT_INPUT),
}
BAD_BLOCKS = {
    "no type": {"text": plain("x")},
    "unknown type": {"type": "carousel"},
    "section without text": {"type": "section"},
    "section of 3001 characters": section("x" * 3001),
    "empty text": section(""),
    "11 fields": {"type": "section", "fields": [plain("a")] * 11},
    "header in mrkdwn": {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
    "header of 151 characters": {"type": "header", "text": plain("x" * 151)},
    "11 elements of context": {"type": "context", "elements": [plain("a")] * 11},
    "a button in context": {"type": "context", "elements": [button()]},
    "26 buttons": actions(*(button(n) for n in range(26))),
    "an action_id twice": actions(button(1), button(1)),
    "a text input in actions": actions(TEXT_INPUT),
    "a button of 76 characters": actions(button(text=plain("x" * 76))),
    "a value of 2001 characters": actions(button(value="x" * 2001)),
    "a style there is not": actions(button(style="green")),
    "a misspelt field": actions(button(valeu="x")),
    "an overflow of one": actions(overflow(1)),
    "an overflow of six": actions(overflow(6)),
    "101 options": actions(select(*(option(f"v{n}") for n in range(101)))),
    "no options": actions({"type": "static_select", "action_id": "s"}),
    "an option of 76 characters": actions(select({"text": plain("x" * 76), "value": "a"})),
    "an option described in 76": actions(select(option("a") | {"description": plain("x" * 76)})),
    "a first option that is none": actions(select(option("a"), initial_option=option("b"))),
    "a button in an input": field("a", button()),
    "files outside a modal": files(1),
    "a block_id of 256 characters": section("x") | {"block_id": "x" * 256},
    "a multi-select in actions": actions({"type": "multi_users_select", "action_id": "m"}),
}
BAD_VIEWS = {
    "a title of 25 characters": modal(title=plain("x" * 25)),
    "a title in mrkdwn": modal(title={"type": "mrkdwn", "text": "x"}),
    "a button of 25 characters": modal(submit=plain("x" * 25)),
    "101 blocks": modal(*[{"type": "divider"}] * 101),
    "metadata of 3001 characters": modal(private_metadata="x" * 3001),
    "a callback_id of 256 characters": modal(callback_id="x" * 256),
    "a block_id twice": modal(field("a", TEXT_INPUT), field("a", TEXT_INPUT)),
    "11 files": modal(files(11)),
    "no files": modal(files(0)),
    "markdown in a modal": modal({"type": "markdown", "text": "x"}),
    "a first value beyond the most": modal(
        field("a", {**TEXT_INPUT, "initial_value": "xx", "max_length": 1})
    ),
    "a field of 3001 characters": modal(field("a", {**TEXT_INPUT, "max_length": 3001})),
    "no submit beside an input": {key: value for key, value in modal().items() if key != "submit"},
    "no title": {key: value for key, value in modal().items() if key != "title"},
    "a home with a title": {"type": "home", "title": plain("x"), "blocks": []},
    "files in a home": {"type": "home", "blocks": [files(1)]},
    "a workflow step": {"type": "workflow_step", "blocks": []},
    "a list": [],
}


@pytest.mark.parametrize("name", GOOD_BLOCKS)
def test_good_blocks_pass_and_get_ids(name: str) -> None:
    [block] = blocks.message_blocks([GOOD_BLOCKS[name]])
    assert block["block_id"]
    assert "block_id" not in GOOD_BLOCKS[name] or name == "input", "what the caller has stays as it was"


@pytest.mark.parametrize("name", GOOD_BLOCKS)
def test_good_blocks_are_good_to_slack_sdk_too(name: str) -> None:
    parsed = Parsed.parse(GOOD_BLOCKS[name])
    assert parsed
    assert parsed.to_dict()["type"] == GOOD_BLOCKS[name]["type"]


@pytest.mark.parametrize("name", BAD_BLOCKS)
def test_bad_blocks_are_refused_with_a_pointer(name: str) -> None:
    with pytest.raises(SlackError) as refused:
        blocks.message_blocks([BAD_BLOCKS[name]])
    assert refused.value.code == "invalid_blocks"
    assert all("[json-pointer:/blocks/" in words for words in refused.value.messages)


@pytest.mark.parametrize("name", BAD_VIEWS)
def test_bad_views_are_refused(name: str) -> None:
    with pytest.raises(SlackError) as refused:
        blocks.view(BAD_VIEWS[name])
    assert refused.value.code == "invalid_arguments"
    assert all("[json-pointer:/view" in words for words in refused.value.messages)


def test_the_pointer_shows_the_place() -> None:
    with pytest.raises(SlackError) as refused:
        blocks.message_blocks([section("fine"), section("x" * 3001)])
    assert refused.value.messages == ["must be less than 3001 characters [json-pointer:/blocks/1/text/text]"]


def test_a_message_has_fifty_blocks_and_thirteen_thousand_characters() -> None:
    blocks.message_blocks([section("x" * 260)] * 50)
    with pytest.raises(SlackError, match="invalid_blocks"):
        blocks.message_blocks([section("x")] * 51)
    with pytest.raises(SlackError, match="msg_blocks_too_long"):
        blocks.message_blocks([section("x" * 261)] * 50)


def test_two_blocks_of_one_name_are_refused() -> None:
    with pytest.raises(SlackError, match="not unique"):
        blocks.message_blocks([section("a") | {"block_id": "x"}, section("b") | {"block_id": "x"}])


def test_full_modals_and_homes_pass() -> None:
    checked = blocks.view(modal(private_metadata="x" * 3000, callback_id="c"))
    assert [block["block_id"] for block in checked["blocks"]] == ["subject", "type", "files"]
    assert len(blocks.view({"type": "home", "blocks": [section("x")] * 100})["blocks"]) == 100
