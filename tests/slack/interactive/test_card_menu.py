"""The menu of a case's card: what was chosen and left undone can be chosen again."""

from __future__ import annotations

import pytest

from rehearsal.slack.people.seen import Seen
from tests.slack.interactive.test_forms import card, standing_with_case
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, words_of

slack = pytest.fixture(standing_with_case)


def choose(slack: SlackHouse, step: str) -> Seen:
    return slack.people.click(
        "sam", "case_status", channel="C0TRIAGE", ts=card(slack).ts, value=f"1:{step}", wait=5
    )


def test_a_form_that_was_cancelled_opens_again_from_the_cards_menu(slack: SlackHouse) -> None:
    assert choose(slack, "close:not_ours").modal
    slack.people.close_view("sam", "modal", all=True)
    assert until(lambda: not card(slack).chosen), "the menu still shows what nobody did"
    assert choose(slack, "close:not_ours").modal


def test_what_is_done_at_once_can_be_done_again(slack: SlackHouse) -> None:
    for step in ("mute", "watch", "mute"):
        assert until(lambda: not card(slack).chosen)
        assert choose(slack, step).ephemerals


def test_the_card_that_is_drawn_anew_is_the_cases_present_one(slack: SlackHouse) -> None:
    slack.people.slash("sam", "C0TRIAGE", "/case take CS-000001", wait=5)
    assert choose(slack, "snooze").modal
    assert until(lambda: not card(slack).chosen)
    assert "Sam Specialist" in words_of(card(slack).blocks)
    assert card(slack).metadata
