"""The form that reopens a case, with the wish for another priority in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.slack.workspace.view import View
from tests.slack.interactive.test_forms import card, shown
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, standing, words_of


@pytest.fixture(params=["socket", "http"])
def slack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SlackHouse]:
    with standing(tmp_path, mode=request.param) as house:
        house.open_case()
        house.people.slash("sam", "C0TRIAGE", "/case close CS-000001", wait=5)
        house.people.submit("sam", "modal", wait=5)
        house.people.slash("sam", "C0TRIAGE", "/case close CS-000001 resolved", wait=5)
        house.settled()
        assert house.case().line.state in ("resolved", "closed")
        yield house


def form(slack: SlackHouse, user: str = "ana") -> View:
    view = slack.people.modal(user)
    assert view
    return view


def opened(slack: SlackHouse, user: str = "ana") -> None:
    assert slack.people.slash(user, "C0GENERAL", "/case reopen CS-000001", wait=5).modal
    slack.people.type_into(user, "modal", "text", "It has stopped again.", wait=5)


def fields(slack: SlackHouse) -> list[str]:
    return [block["block_id"] for block, _ in form(slack).fields()]


def test_whoever_reopens_asks_for_another_priority_in_the_same_form(slack: SlackHouse) -> None:
    people = slack.people
    opened(slack)
    assert fields(slack) == ["text", "reopen_wish"]
    people.choose("ana", "modal", "reopen_wish", ["priority"], wait=5)
    assert until(lambda: fields(slack) == ["text", "reopen_wish", "priority", "why"])
    assert people.submit("ana", "modal").errors.keys() == {"priority", "why"}
    people.choose("ana", "modal", "priority", "Critical")
    people.type_into("ana", "modal", "why", " \n ")
    assert people.submit("ana", "modal").errors == {"why": "Please write something."}
    people.type_into("ana", "modal", "why", "The campaign starts tomorrow.")
    answer = shown(people.submit("ana", "modal", wait=5))
    assert "CS-000001 is open again." in answer
    assert "Your wish that CS-000001 become Critical is with the support team." in answer
    assert slack.case().line.state == "open"
    assert (slack.history_of("reopened"), slack.history_of("priority requested")) == (1, 1)
    words = [entry.text for entry in slack.case().entries]
    assert words[-2:] == ["It has stopped again.", "The campaign starts tomorrow."]
    assert until(lambda: "The customer asks for Critical" in words_of(card(slack).blocks).replace("*", ""))


def test_the_box_can_be_cleared_again_and_what_was_typed_stays(slack: SlackHouse) -> None:
    people = slack.people
    opened(slack)
    people.choose("ana", "modal", "reopen_wish", ["priority"], wait=5)
    assert until(lambda: "why" in fields(slack))
    people.choose("ana", "modal", "reopen_wish", [], wait=5)
    assert until(lambda: fields(slack) == ["text", "reopen_wish"])
    assert "is open again" in shown(people.submit("ana", "modal", wait=5))
    assert slack.case().entries[-1].text == "It has stopped again."
    assert slack.history_of("priority requested") == 0


def test_the_priority_that_it_has_is_refused_at_its_field_and_nothing_is_done(slack: SlackHouse) -> None:
    people = slack.people
    opened(slack)
    people.choose("ana", "modal", "reopen_wish", ["priority"], wait=5)
    assert until(lambda: "why" in fields(slack))
    people.choose("ana", "modal", "priority", slack.case().line.priority)
    people.type_into("ana", "modal", "why", "It is urgent.")
    assert "already" in people.submit("ana", "modal").errors["priority"]
    assert slack.history_of("reopened") == 0
    people.choose("ana", "modal", "priority", "Critical")
    assert "is open again" in shown(people.submit("ana", "modal", wait=5))


def test_nobody_learns_the_priority_of_a_case_of_others_from_the_form(slack: SlackHouse) -> None:
    people = slack.people
    opened(slack, "noa")
    people.choose("noa", "modal", "reopen_wish", ["priority"], wait=5)
    assert until(lambda: "why" in [block["block_id"] for block, _ in form(slack, "noa").fields()])
    people.choose("noa", "modal", "priority", slack.case().line.priority)
    people.type_into("noa", "modal", "why", "I wonder.")
    seen = people.submit("noa", "modal", wait=5)
    assert not seen.errors
    assert "already" not in shown(seen)
    assert "not a case that you can reach" in shown(seen)


def test_a_specialist_reopens_and_changes_the_priority_at_once(slack: SlackHouse) -> None:
    people = slack.people
    opened(slack, "sam")
    people.choose("sam", "modal", "reopen_wish", ["priority"], wait=5)
    assert until(lambda: "why" in [block["block_id"] for block, _ in form(slack, "sam").fields()])
    people.choose("sam", "modal", "priority", "Low")
    people.type_into("sam", "modal", "why", "A workaround helps.")
    shown(people.submit("sam", "modal", wait=5))
    assert (slack.case().line.state, slack.case().line.priority) == ("open", "Low")
