"""The form that raises a concern: it knows its reader's own number, and when they were last answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slack.interactive.test_forms import shown
from tests.support.houses.slack_house import SlackHouse, standing, words_of


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[SlackHouse]:
    with standing(tmp_path) as house:
        house.open_case()
        yield house


def form(slack: SlackHouse, user: str, number: int = 1) -> tuple[str, str]:
    """What stands in the field for the phone number, and all words of the form."""
    seen = slack.people.slash(user, "C0GENERAL", f"/case concern CS-{number:06d}", wait=5)
    assert seen.modal, seen
    elements = {block["block_id"]: element for block, element in seen.modal.fields()}
    return elements["phone"].get("initial_value", ""), words_of(seen.modal.body["blocks"])


def test_a_number_that_somebody_gave_before_stands_in_their_form_and_in_nobody_elses(
    slack: SlackHouse,
) -> None:
    people = slack.people
    assert form(slack, "ana")[0] == ""
    people.type_into("ana", "modal", "phone", "+49 30 123456")
    people.type_into("ana", "modal", "text", "Nobody answers.")
    shown(people.submit("ana", "modal", wait=5))
    people.slash("ana", "C0GENERAL", "/case add CS-000001 @noa", wait=5)
    slack.open_case(subject="Another matter")
    assert form(slack, "ana", 2)[0] == "+4930123456"
    assert form(slack, "noa")[0] == ""
    assert form(slack, "sam")[0] == ""
    assert form(slack, "mia")[0] == ""


def test_whoever_complains_of_no_answer_sees_when_the_last_one_came(slack: SlackHouse) -> None:
    assert "Our last answer" not in form(slack, "ana")[1]
    slack.people.slash("sam", "C0TRIAGE", "/case note CS-000001 a secret", wait=5)
    slack.people.slash("ana", "C0GENERAL", "/case reply CS-000001 Hello?", wait=5)
    assert "Our last answer" not in form(slack, "ana")[1], "neither a note nor their own words are an answer"
    slack.people.slash("sam", "C0TRIAGE", "/case reply CS-000001 It works again.", wait=5)
    slack.settled()
    said = slack.case().entries[-1].at
    assert f"Our last answer: <!date^{int(said.timestamp())}^" in form(slack, "ana")[1]
    assert "Our last answer" in form(slack, "sam")[1]


def test_nobody_learns_of_a_case_of_others_from_the_form(slack: SlackHouse) -> None:
    slack.people.slash("sam", "C0TRIAGE", "/case reply CS-000001 It works again.", wait=5)
    slack.settled()
    phone, words = form(slack, "noa")
    assert (phone, "Our last answer" in words) == ("", False)


def test_an_answer_that_may_still_be_taken_back_is_none_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_DESK__UNDO", "20s")
    with standing(tmp_path) as slack:
        slack.open_case()
        slack.people.slash("sam", "C0TRIAGE", "/case reply CS-000001 It works again.", wait=5)
        assert "Our last answer" not in form(slack, "ana")[1]
        assert "Our last answer" in form(slack, "sam")[1]
