"""Snooze, watch and mute in a rehearsal workspace: from the card's menu, by a slash command, in the thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.queries.lists import ListCases
from tests.slack.interactive.test_forms import card
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, standing, words_of


@pytest.fixture(params=["socket", "http"])
def slack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SlackHouse]:
    with standing(tmp_path, mode=request.param) as house:
        house.open_case()
        assert card(house)
        house.settled()
        yield house


def queue(slack: SlackHouse) -> str:
    seen = slack.people.slash("sam", "C0TRIAGE", "/case queue", wait=5)
    return words_of(seen.ephemerals[0].blocks)


def chosen(slack: SlackHouse, user: str, step: str):  # type: ignore[no-untyped-def]
    return slack.people.click(
        user, "case_status", channel="C0TRIAGE", ts=card(slack).ts, value=f"1:{step}", wait=5
    )


def test_a_case_is_snoozed_from_the_cards_menu_and_the_customers_word_brings_it_back_story(
    slack: SlackHouse,
) -> None:
    people = slack.people
    assert chosen(slack, "sam", "snooze").modal
    people.type_into("sam", "modal", "until", "someday")
    assert "Examples" in str(people.submit("sam", "modal", wait=5).errors)
    people.type_into("sam", "modal", "until", "")
    people.choose("sam", "modal", "chosen", "1 week")
    shown = people.submit("sam", "modal", wait=5)
    assert shown.modal
    assert "CS-000001 is out of the queue until" in words_of(shown.modal.body["blocks"])
    assert "No cases to do." in queue(slack)
    assert until(lambda: "Snoozed until" in words_of(card(slack).blocks))
    people.slash("ana", "C0GENERAL", "/case reply CS-000001 It has stopped again.", wait=5)
    assert "1 case to do." in queue(slack)
    assert slack.history_of("woken") == 1


def test_a_slash_command_snoozes_and_customers_may_not(slack: SlackHouse) -> None:
    people = slack.people
    seen = people.slash("ana", "C0GENERAL", "/case snooze CS-000001 3 days", wait=5)
    assert (
        "Only the support team can do that." in words_of(seen.ephemerals[0].blocks) + seen.ephemerals[0].text
    )
    seen = people.slash("sam", "C0TRIAGE", "/case snooze CS-000001 3 days", wait=5)
    assert "out of the queue" in seen.ephemerals[0].text
    people.post("sam", "C0TRIAGE", "!unsnooze", thread_ts=card(slack).ts)
    assert until(lambda: slack.history_of("woken"))
    assert not slack.ask(ListCases(state="closed"))


def test_a_colleague_watches_from_the_cards_menu_and_is_called_below_the_card_story(
    slack: SlackHouse,
) -> None:
    people = slack.people
    people.click("sam", "case_take", channel="C0TRIAGE", ts=card(slack).ts, wait=5)
    seen = chosen(slack, "kim", "watch")
    assert "You watch CS-000001 now" in seen.ephemerals[0].text
    seen = chosen(slack, "sam", "mute")
    assert "You hear no more of CS-000001" in seen.ephemerals[0].text
    people.slash("ana", "C0GENERAL", "/case reply CS-000001 It has stopped again.", wait=5)

    def told() -> list[str]:
        messages = slack.workspace.channel("C0TRIAGE").messages.values()
        return [
            words_of(m.blocks) + m.text for m in messages if "It has stopped again." in words_of(m.blocks)
        ]

    (words,) = until(lambda: [line for line in told() if "<@" in line])
    assert "<@U0KIM>" in words
    assert "<@U0SAM>" not in words


def test_in_slack_a_specialist_is_away_and_the_card_says_whose_turn_it_was_story(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_TURNS__0__PEOPLE", "sam@example.com,kim@example.com")
    with standing(tmp_path) as house:
        people = house.people
        assert (
            "You are away until"
            in people.slash("sam", "C0TRIAGE", "/case away until Friday", wait=5).ephemerals[0].text
        )
        house.open_case()
        assert "Owner: *Kim Specialist*" in words_of(card(house).blocks)
        assert (
            "You are away" in people.slash("kim", "C0TRIAGE", "/case away 2 weeks", wait=5).ephemerals[0].text
        )
        house.open_case(subject="Another")
        assert "nobody was there whose turn it could be" in words_of(card(house, 2).blocks)
        assert "Away: Sam Specialist (until" in queue(house)
        assert "You are back" in people.slash("sam", "C0TRIAGE", "/case back", wait=5).ephemerals[0].text
