"""A specialist takes a password out of a case from its card, without knowing a command."""

from __future__ import annotations

from typing import Any

import pytest

from tests.privacy.remains import gone
from tests.slack.interactive.test_forms import card, standing_with_case
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, words_of

SECRET = "hunter2-k9-and-more"


slack = pytest.fixture(standing_with_case)


def test_a_message_is_chosen_by_how_it_begins_and_goes_for_good(slack: SlackHouse) -> None:
    people = slack.people
    people.slash("ana", "C0GENERAL", f"/case reply CS-000001 My password is {SECRET}.", wait=5)
    slack.settled()
    seen = people.click("sam", "case_status", channel="C0TRIAGE", ts=card(slack).ts, value="1:redact", wait=5)
    assert seen.modal
    assert "There is no way back." in words_of(seen.modal.body["blocks"])
    assert "entry" in people.submit("sam", "modal", wait=5).errors
    offered = choices(seen.modal.body["blocks"])
    (choice,) = [value for text, value in offered.items() if SECRET in text]
    people.choose("sam", "modal", "entry", choice)
    people.type_into("sam", "modal", "why", "a password")
    shown = people.submit("sam", "modal", wait=5)
    assert shown.modal
    assert "Taken out of e-" in words_of(shown.modal.body["blocks"])
    gone(slack.app, SECRET)
    assert slack.history_of("redacted") == 1


def test_a_case_that_is_over_has_it_too(slack: SlackHouse) -> None:
    slack.people.slash("sam", "C0TRIAGE", "/case close CS-000001 not_ours", wait=5)
    assert until(lambda: "Reopen…" in words_of(card(slack).blocks))
    assert "Redact…" in words_of(card(slack).blocks)


def choices(blocks: list[dict[str, Any]]) -> dict[str, str]:
    """What the menu of messages offers, and the value of each."""
    (menu,) = [block["element"] for block in blocks if block.get("block_id") == "entry"]
    return {str(option["text"]["text"]): str(option["value"]) for option in menu["options"]}
