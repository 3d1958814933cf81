"""People of other teams: they are who they are, their words lead where ours stand, and Slack is asked in time."""

from __future__ import annotations

import logging
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.context import BoltContext
from slack_bolt.request.internals import build_context

from bot.queries.lists import ListCases
from bot.queries.message_status import AddressesOf, StatusOf
from channels.slack.desk.user import who
from channels.slack.inbound.events import home_of
from rehearsal.slack.server import Server
from rehearsal.slack.workspace import cast
from tests.slack.inbound.test_backfill import given_up
from tests.slack.test_customers import opened
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.slack_house import open_form
from tests.support.setup import databases


def parts(office: Office) -> list[tuple[str, str]]:
    return [(part.address, part.role) for part in office.case().participants]


def test_somebody_of_another_team_who_is_chosen_in_the_form_keeps_their_team(office: Office) -> None:
    people = office.slack.people
    open_form(people, "ana", "general", "/case new Deal ID 12333: no delivery", text="Since this morning.")
    assert not people.submit("ana", "modal").errors
    people.choose("ana", "modal", "people", ["eve", "noa"])
    assert until(lambda: not people.submit("ana", "modal").errors), "a slow machine asks to press again"
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
    assert not people.submit("ana", "modal").errors
    people.choose("ana", "modal", "people", ["noa"])
    assert "does not tell us" in people.submit("ana", "modal").errors["people"]
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


# in a channel that is shared with their organisation, where Slack's envelope names their team


def heard(office: Office) -> int:
    """How many events of Slack's were kept."""
    office.settled()
    return len([line for line in office.inbox() if line.source == "slack"])


def test_somebody_of_another_team_answers_below_words_of_ours(office: Office) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    log = people.upload("eve", "dump.log", b"a line\n")
    hits = people.post("eve", "acme", "It hits us all.", thread_ts=told.ts, files=[log])
    office.in_thread("It hits us all.")
    people.edit("eve", "acme", hits.ts, "It hits most of us.")
    office.in_thread("It hits most of us.")
    assert parts(office)[1:] == [("t0acme/u0eve", "collaborator")]
    assert until(
        lambda: [file.name for entry in office.case().entries for file in entry.files] == ["dump.log"]
    )
    assert heard(office) == 2


def test_a_mention_by_somebody_of_another_team_is_one_message(office: Office) -> None:
    people = office.slack.people
    asked = people.post("eve", "acme", "@case new Deal ID 12333: no delivery")
    assert office.card()
    assert parts(office) == [("t0acme/u0eve", "requester")]
    assert heard(office) == 1
    assert office.ask(StatusOf("slack", f"m:T0HOME/C0ACME/{asked.ts}"))


def test_what_they_said_while_the_house_was_off_is_heard_once(tmp_path: Path) -> None:
    url, words = databases.sqlite(tmp_path), ["Since this morning.", "First.", "Second."]
    with Server() as slack:
        slack.workspace.app.retry_scale = 0.002
        with Office(url, tmp_path, slack=slack) as office:
            told = opened(office, "ana", "acme")
            slack.people.post("eve", "acme", "First.", thread_ts=told.ts)
            office.in_thread("First.")
        given_up(slack, slack.people.post("eve", "acme", "Second.", thread_ts=told.ts))
        for _ in "back", "and again":
            with Office(url, tmp_path, slack=slack) as office:
                office.in_thread("Second.")
                office.settled()
                assert [entry.text for entry in office.case().entries] == words


HERE: dict[str, Any] = {"team": {"id": "T0HOME"}}
THERE: dict[str, Any] = {"team": {"id": "T0ACME"}}
EVE = {"user": {"id": "U0EVE", "team_id": "T0ACME"}}
VIEW = {"view": {"team_id": "T0ACME", "app_installed_team_id": "T0HOME"}}


@pytest.mark.parametrize(
    "body",
    [
        {"type": "block_actions", **HERE, **EVE, "channel": {"id": "C0ACME"}},
        {"type": "block_actions", **THERE, **EVE, **VIEW},
        {"type": "view_submission", **THERE, **EVE, **VIEW},
    ],
    ids=["a click on a message", "a click in a form", "a form"],
)
def test_what_they_click_and_send_is_theirs_in_a_place_of_ours(body: dict[str, Any]) -> None:
    """Which team a payload names where: java-slack-sdk, issue 1041; bolt-js, issue 1614."""
    context = build_context(BoltContext({"logger": logging.getLogger()}), body)
    found = who(body, context)
    assert (found.address, found.home) == ("T0ACME/U0EVE", "T0HOME")
    assert found.place in ("T0HOME/C0ACME", "")


@pytest.mark.parametrize(
    "body",
    [
        {"authorizations": [{"team_id": "T0HOME"}], "context_team_id": "T0X", "team_id": "T0ACME"},
        {"authorizations": [{"team_id": None}], "context_team_id": "T0HOME", "team_id": "T0ACME"},
        {"authorizations": [], "context_team_id": None, "team_id": "T0HOME"},
        {"team_id": "T0HOME"},
    ],
)
def test_where_the_app_is_at_home(body: dict[str, Any]) -> None:
    assert home_of(body) == "T0HOME"


def test_an_envelope_that_names_no_team() -> None:
    assert home_of({}) == ""


# one person is one person, whatever an event calls their team


GRID = {"id": "T0ACME", "name": "Acme", "domain": "acme", "enterprise": "E0GRID"}


@pytest.mark.parametrize("mentioned", [True, False])
def test_somebody_of_an_enterprise_organisation_is_one_person(office: Office, mentioned: bool) -> None:
    people = office.slack.people
    cast.add(office.slack.workspace, {"teams": [GRID]})
    told = opened(office, "ana", "acme")
    people.post("eve", "acme", "@case It hits us all." if mentioned else "It hits us all.", thread_ts=told.ts)
    office.in_thread("It hits us all.")
    log = people.upload("eve", "dump.log", b"a line\n")
    people.post("eve", "acme", "A log.", thread_ts=told.ts, files=[log])
    office.in_thread("A log.")
    people.post("eve", "acme", "To all: it hits us.", thread_ts=told.ts, broadcast=True)
    office.in_thread("To all: it hits us.")
    assert "was removed" in people.slash("sam", "triage", "/case remove CS-000001 @eve", wait=5).text
    assert parts(office) == [("t0home/u0ana", "requester"), ("t0acme/u0eve", "removed")]


def test_a_file_and_a_broadcast_of_an_outage_are_by_whom_they_are(tmp_path: Path) -> None:
    """Messages of these kinds name no team, and what is read afterwards has no envelope either."""
    with Server() as slack:
        slack.workspace.app.retry_scale = 0.002
        with Office(databases.sqlite(tmp_path), tmp_path, slack=slack) as office:
            told = opened(office, "ana", "acme")
            slack.people.post("ana", "acme", "First.", thread_ts=told.ts)
            office.in_thread("First.")
        log = slack.people.upload("eve", "dump.log", b"a line\n")
        given_up(slack, slack.people.post("eve", "acme", "A log.", thread_ts=told.ts, files=[log]))
        given_up(slack, slack.people.post("eve", "acme", "To all.", thread_ts=told.ts, broadcast=True))
        with Office(databases.sqlite(tmp_path), tmp_path, slack=slack) as office:
            office.in_thread("A log.")
            office.in_thread("To all.")
            assert parts(office) == [("t0home/u0ana", "requester"), ("t0acme/u0eve", "collaborator")]


def test_while_nobody_says_whose_team_it_is_the_words_wait(office: Office) -> None:
    people, faults = office.slack.people, office.slack.workspace.faults
    told = opened(office, "ana", "acme")
    faults.add("error", method="users.info", error="internal_error")
    people.post("eve", "acme", "To all.", thread_ts=told.ts, broadcast=True)
    assert until(lambda: [line for line in office.inbox() if "whose team" in line.reason])
    assert len(parts(office)) == 1
    faults.clear()
    office.in_thread("To all.")
    assert parts(office)[1:] == [("t0acme/u0eve", "collaborator")]


def test_a_specialist_of_an_enterprise_organisation_stays_one(office: Office) -> None:
    """Slack names the organisation in place of the workspace, which the config names."""
    people, workspace = office.slack.people, office.slack.workspace
    told = opened(office, "ana", "acme")
    home = {"id": "T0HOME", "name": "Example Support", "enterprise": "E0HOME"}
    other = {"id": "T0OTHER", "name": "Example Sales", "enterprise": "E0HOME"}
    cast.add(workspace, {"teams": [home, other]})
    with workspace.lock:
        workspace.user("sam").team = "T0OTHER"  # another workspace of the same organisation
    people.post("sam", "triage", "!reply We have found it.", thread_ts=office.card().ts)
    assert until(lambda: [one for one in office.replies(told) if "We have found it." in said(one)])
    assert office.click("sam", "case_note", wait=3).modal
    people.type_into("sam", "modal", "text", "A note of mine.")
    assert not people.submit("sam", "modal").errors
    assert [entry.author for entry in office.case().entries[1:]] == ["Sam Specialist"] * 2
    assert [role for _, role in parts(office)] == ["requester"]


def test_what_comes_from_a_workspace_without_a_token_here_is_not_answered_with_anothers(
    tmp_path: Path,
) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path, mode="http") as office:
        people, workspace = office.slack.people, office.slack.workspace
        office.slack.people.post("ana", "general", "@Case hello")
        assert until(lambda: workspace.transcript.calls("chat.postEphemeral"))
        assert until(lambda: workspace.transcript.calls("auth.test"))
        office.settled()
        calls = len(workspace.transcript.calls())
        people.open_dm("noa")
        home, workspace.home = workspace.home, workspace.teams["T0ACME"]
        people.post("eve", "acme", "@Case new Deal ID 12345: no delivery")
        seen = people.slash("eve", "general", "/case new", wait=1)
        workspace.home = home
        assert seen.modal is None
        office.settled()
        assert not office.ask(ListCases())
        assert [call["method"] for call in workspace.transcript.calls()[calls:]] == []


# while Slack does not say who somebody is


def in_another_workspace_of_the_organisation(office: Office) -> None:
    """From now on Slack names a workspace for Sam that the config does not, and describes nobody."""
    workspace = office.slack.workspace
    home = {"id": "T0HOME", "name": "Example Support", "enterprise": "E0HOME"}
    other = {"id": "T0OTHER", "name": "Example Sales", "enterprise": "E0HOME"}
    cast.add(workspace, {"teams": [home, other]})
    with workspace.lock:
        workspace.user("sam").team = "T0OTHER"
    workspace.faults.add("error", method="users.info", error="internal_error")


def met(office: Office, user: str) -> list[str]:
    """By how many addresses the desk knows a user of Slack's."""
    return sorted(office.ask(AddressesOf("slack", user)))


@pytest.mark.parametrize("minutes", [0, 11])
def test_a_specialist_of_an_organisation_stays_one_while_slack_is_silent(
    office: Office, minutes: int
) -> None:
    people = office.slack.people
    told = opened(office, "ana", "acme")
    in_another_workspace_of_the_organisation(office)
    people.post("sam", "acme", "🔒 CANARY: they never pay.", thread_ts=told.ts)
    assert until(lambda: [line for line in office.inbox() if "whose team" in line.reason])
    if minutes:
        office.pass_time(minutes=minutes)
    else:
        office.slack.workspace.faults.clear()
    office.settled()
    people.post("sam", "acme", "We have found it.", thread_ts=told.ts)
    if minutes:
        assert until(lambda: [line for line in office.inbox("waiting") if "whose team" in line.reason])
        office.pass_time(minutes=2 * minutes)
    assert until(lambda: [e for e in office.case().entries if "We have found it." in e.text])
    assert not [entry for entry in office.case().entries if "CANARY" in entry.text]
    assert met(office, "U0SAM") == ["t0home/u0sam"]
    assert office.case().entries[-1].author == "Sam Specialist"


def test_what_a_specialist_clicks_is_theirs_while_slack_is_silent(office: Office) -> None:
    opened(office, "ana", "acme")
    in_another_workspace_of_the_organisation(office)
    office.click("sam", "case_take", wait=3)
    assert until(lambda: "Owner: *Sam" in said(office.card()))
    assert met(office, "U0SAM") == ["t0home/u0sam"]


def test_nobody_is_made_two_by_an_organisations_name_however_long_slack_is_silent(office: Office) -> None:
    """A message of this kind names no workspace, and its envelope the organisation alone."""
    people, workspace = office.slack.people, office.slack.workspace
    cast.add(workspace, {"teams": [GRID]})
    told = opened(office, "ana", "acme")
    workspace.faults.add("error", method="users.info", error="internal_error")
    people.post("eve", "acme", "To all: it hits us.", thread_ts=told.ts, broadcast=True)
    assert until(lambda: [line for line in office.inbox() if "whose team" in line.reason])
    asked = len(workspace.transcript.calls("users.info"))
    office.pass_time(minutes=11)
    assert until(lambda: len(workspace.transcript.calls("users.info")) > asked)
    hours = count(5)  # whenever it is put off anew

    def asked_again() -> bool:
        office.pass_time(hours=next(hours))
        return len(workspace.transcript.calls("users.info")) > asked + 1

    assert until(asked_again), "it is waited for"
    assert not met(office, "U0EVE")
    workspace.faults.clear()

    def heard() -> bool:
        if not [line for line in office.inbox("waiting") if "whose team" in line.reason]:
            return any("To all: it hits us." in said(message) for message in office.thread())
        office.pass_time(hours=next(hours))  # a try of before may put it off once more
        return False

    assert until(heard)
    people.post("eve", "acme", "And again.", thread_ts=told.ts)
    office.in_thread("And again.")
    assert met(office, "U0EVE") == ["t0acme/u0eve"]


def test_a_form_whose_sender_slack_is_slow_to_name_is_answered_in_time(office: Office) -> None:
    people, faults = office.slack.people, office.slack.workspace.faults
    opened(office, "ana", "acme")
    in_another_workspace_of_the_organisation(office)
    assert office.click("sam", "case_note", wait=5).modal
    people.type_into("sam", "modal", "text", "A note of mine.")
    faults.clear()
    faults.add("slow", method="users.info", seconds=4)
    seen = people.submit("sam", "modal")
    assert seen.acked, seen
    assert "nothing is done twice" in seen.errors["text"]
    faults.clear()
    assert until(lambda: [entry for entry in office.case().entries if entry.text == "A note of mine."])
    assert not people.submit("sam", "modal").errors
    assert [entry.author for entry in office.case().entries[1:]] == ["Sam Specialist"]
