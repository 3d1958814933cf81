"""People who are chosen or mentioned: whoever they are and wherever they belong, Slack is asked, and in time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import until
from tests.office import Office
from tests.test_slack_customers import opened


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(f"sqlite:///{tmp_path}/casebot.db", tmp_path) as standing:
        yield standing


def parts(office: Office) -> list[tuple[str, str]]:
    return [(part.address, part.role) for part in office.case().participants]


def test_somebody_of_another_team_who_is_chosen_in_the_form_keeps_their_team(office: Office) -> None:
    people = office.slack.people
    people.slash("ana", "general", "/case new Deal ID 12333: no delivery", wait=5)
    people.type_into("ana", "modal", "text", "Since this morning.")
    people.choose("ana", "modal", "people", ["eve", "noa"])
    assert not people.submit("ana", "modal").errors
    assert parts(office) == [
        ("t0home/u0ana", "requester"),
        ("t0acme/u0eve", "proposed"),
        ("t0home/u0noa", "collaborator"),
    ]


def test_somebody_of_another_team_who_is_mentioned_is_added_and_removed_as_who_they_are(
    office: Office,
) -> None:
    people = office.slack.people
    opened(office, "ana", "acme")
    assert "was added" in people.slash("sam", "triage", "/case add CS-000001 @eve", wait=5).text
    assert parts(office)[1:] == [("t0acme/u0eve", "collaborator")]
    assert "was removed" in people.slash("sam", "triage", "/case remove CS-000001 @eve", wait=5).text
    assert parts(office)[1:] == [("t0acme/u0eve", "removed")]


def test_while_slack_does_not_say_who_somebody_is_nobody_is_added(office: Office) -> None:
    people, faults = office.slack.people, office.slack.workspace.faults
    opened(office, "ana", "general")
    people.slash("ana", "general", "/case new Deal ID 4711: another", wait=5)
    faults.add("error", method="users.info", error="internal_error")
    assert "does not tell us" in people.slash("ana", "general", "/case add CS-000001 @noa", wait=5).text
    people.type_into("ana", "modal", "text", "Since this morning.")
    people.choose("ana", "modal", "people", ["noa"])
    assert "does not tell us" in people.submit("ana", "modal").errors["people"]
    assert office.cases() == ["CS-000001"]
    assert parts(office) == [("t0home/u0ana", "requester")]
    faults.clear()
    assert "was added" in people.slash("ana", "general", "/case add CS-000001 @noa", wait=5).text
    assert not people.submit("ana", "modal").errors
    assert office.cases() == ["CS-000001", "CS-000002"]


def test_a_command_that_mentions_people_is_acked_in_time_however_slow_slack_is(office: Office) -> None:
    people = office.slack.people
    opened(office, "ana", "general")
    office.slack.workspace.faults.add("slow", method="users.info", seconds=2)
    seen = people.slash("sam", "general", "/case add CS-000001 @noa @eve", wait=3)
    assert seen.acked, seen
    assert "in hand" in seen.text
    assert until(lambda: len(parts(office)) == 3)
    assert until(lambda: "was added" in office.slack.workspace.ephemerals[-1].text)
