"""Merging by a form that proposes what may be the same: in a rehearsal workspace, over both transports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.queries.merge_candidates import MergeCandidates
from tests.slack.interactive.test_forms import card
from tests.support.houses.slack_house import SlackHouse, open_form, standing, words_of


@pytest.fixture(params=["socket", "http"])
def slack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SlackHouse]:
    with standing(tmp_path, mode=request.param) as house:
        house.open_case(subject="Deal ID 12333: no delivery")
        house.open_case(subject="An invoice is missing")
        house.open_case(subject="Still nothing on Deal ID 12333")
        house.open_case(user="noa", subject="Deal ID 12333: no delivery")  # of nobody that Ana has to do with
        assert card(house, 3)
        yield house


def test_a_specialist_merges_by_a_form_that_proposes_the_likeliest_case_story(slack: SlackHouse) -> None:
    people = slack.people
    likely = slack.ask(MergeCandidates(3))
    assert [case.number for case in likely] == ["CS-000001", "CS-000002"]
    assert likely[0].why == "also Deal ID 12333, the same person, a like subject"
    at = card(slack, 3)
    seen = people.click("sam", "case_status", channel="C0TRIAGE", ts=at.ts, value="3:merge", wait=5)
    assert seen.modal
    assert "CS-000001 · Deal ID 12333: no delivery" in words_of(seen.modal.body["blocks"])
    assert "CS-000004" not in words_of(seen.modal.body["blocks"])
    assert people.submit("sam", "modal", wait=5).errors == {
        "into": "Please choose a case, or write the number of another one, as CS-000123."
    }
    people.choose("sam", "modal", "chosen", "CS-000001")
    people.type_into("sam", "modal", "why", "The same deal.")
    shown = people.submit("sam", "modal", wait=5)
    assert shown.modal
    assert "CS-000003 is a part of CS-000001 now." in words_of(shown.modal.body["blocks"])
    assert slack.case(3).merged == "CS-000001"


def test_a_typed_number_counts_and_the_other_may_become_the_part(slack: SlackHouse) -> None:
    people = slack.people
    open_form(people, "sam", "C0TRIAGE", "/case merge CS-000002", into="#1")
    people.choose("sam", "modal", "way", "take_in")
    people.submit("sam", "modal", wait=5)
    assert slack.case(1).merged == "CS-000002"
    seen = people.slash("ana", "C0GENERAL", "/case merge CS-000002", wait=5)
    assert "Only the support team can do that." in seen.ephemerals[0].text
