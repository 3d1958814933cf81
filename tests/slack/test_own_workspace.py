"""Members of the own workspace in a channel that another workspace shares: colleagues, not customers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.slack.server import Server
from rehearsal.slack.workspace.conversation import Message
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.setup import databases

WELCOME = "Hi all, please welcome our new account manager. She starts on Monday."
REQUEST = "Our deal 12333 does not deliver since noon."


@pytest.fixture
def slack() -> Iterator[Server]:
    with Server() as standing:
        standing.workspace.add_user("amy", id="U0AMY", real_name="Amy Account")
        for channel in ("acme", "general"):
            standing.workspace.channel(channel).members.append("U0AMY")
        standing.workspace.app.retry_scale = 0.002
        yield standing


def office_of(slack: Server, folder: Path, mode: str, opens: str) -> Office:
    return Office(databases.sqlite(folder), folder, mode=mode, slack=slack, more=f'opens = "{opens}"\n')


@pytest.fixture(params=["socket", "http"])
def office(request: pytest.FixtureRequest, slack: Server, tmp_path: Path) -> Iterator[Office]:
    """In which each message in Acme's channel opens a case."""
    with office_of(slack, tmp_path, request.param, "all") as standing:
        yield standing


def participants(office: Office, number: int = 1) -> list[tuple[str, str]]:
    return [(part.name, part.role) for part in office.case(number).participants]


def opened(office: Office, user: str, number: int = 1) -> Message:
    """A case that somebody opens by a message in Acme's channel, once the app has replied below it."""
    message = office.slack.people.post(user, "acme", f"{REQUEST} {user}")
    assert user in said(office.card(number))
    assert until(lambda: office.replies(message))
    office.settled()
    return message


def test_a_colleagues_message_opens_no_case_and_a_guests_and_a_customers_do(office: Office) -> None:
    office.slack.people.post("amy", "acme", WELCOME)
    opened(office, "ana")
    opened(office, "eve", 2)
    assert office.cases() == ["CS-000001", "CS-000002"]
    assert [participants(office, 1), participants(office, 2)] == [
        [("Ana Acme", "requester")],
        [("Eve Acme", "requester")],
    ]


def test_a_colleague_in_a_customers_thread_is_no_participant_and_only_the_desk_reads_it(
    office: Office,
) -> None:
    people, first = office.slack.people, opened(office, "eve")
    people.post("amy", "acme", "I have asked our engineers, too.", thread_ts=first.ts)
    office.in_thread("I have asked our engineers, too.")
    reply = office.replies(first)[0]
    people.react("amy", "acme", reply.ts, "repeat")
    people.post("ana", "acme", "It hits us as well.", thread_ts=first.ts)
    office.in_thread("It hits us as well.")
    office.settled()
    assert sorted(participants(office)) == [("Ana Acme", "collaborator"), ("Eve Acme", "requester")]
    assert [(entry.author, entry.visibility) for entry in office.case().entries] == [
        ("Eve Acme", "public"),
        ("Amy Account", "internal"),
        ("Ana Acme", "public"),
    ]
    people.post("amy", "acme", "And now I am on holiday.", thread_ts=first.ts)
    office.in_thread("And now I am on holiday.")
    office.drained()
    assert "Last word of the customer: Ana Acme" in said(office.card())


def test_the_desk_reads_once_what_a_colleague_deletes(office: Office) -> None:
    people, first = office.slack.people, opened(office, "eve")
    message = people.post("amy", "acme", "I have asked our engineers, too.", thread_ts=first.ts)
    office.in_thread("I have asked our engineers, too.")
    office.settled()
    people.delete("amy", "acme", message.ts)
    office.in_thread("deleted a message that only the desk has read")
    office.drained()
    assert ["asked our engineers" in said(each) for each in office.thread()] == [True, False]
    assert [(entry.text, entry.kind) for entry in office.case().entries][2:] == [("🗑️ deleted", "automatic")]
    people.click("sam", "case_accept", channel="triage", ts=office.thread()[0].ts, wait=5)
    office.settled()
    assert [entry.visibility for entry in office.case().entries] == ["public", "internal", "internal"]


def test_commands_forms_and_direct_messages_work_for_a_colleague_as_for_anybody(office: Office) -> None:
    people = office.slack.people
    seen = people.slash("amy", "acme", "/case new Deal ID 12333: no delivery", wait=5)
    people.type_into("amy", seen.modal.id, "text", "Since this morning.")
    assert not people.submit("amy", seen.modal.id).errors
    assert "Since this morning." in said(office.card())
    assert participants(office) == [("Amy Account", "requester")]
    begun = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])[0]
    office.settled()
    people.post("amy", "acme", "It is worse now.", thread_ts=begun.ts)
    office.in_thread("It is worse now.")
    assert [entry.visibility for entry in office.case().entries] == ["public", "public"]
    people.post("amy", people.open_dm("amy").id, "And by direct message.")
    office.in_thread("And by direct message.")


def test_a_colleagues_message_in_a_channel_of_the_own_workspace_opens_a_case(office: Office) -> None:
    office.slack.workspace.channel("acme").shared.clear()
    opened(office, "amy")
    assert participants(office) == [("Amy Account", "requester")]


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_a_colleague_is_offered_no_case(slack: Server, tmp_path: Path, mode: str) -> None:
    with office_of(slack, tmp_path, mode, "offer") as office:
        slack.people.post("amy", "acme", WELCOME)
        slack.people.post("eve", "acme", REQUEST)
        assert until(lambda: slack.workspace.ephemerals)
        office.settled()
        assert [each.ephemeral_to for each in slack.workspace.ephemerals] == ["U0EVE"]


def test_a_colleagues_message_that_is_read_back_opens_no_case(slack: Server, tmp_path: Path) -> None:
    with office_of(slack, tmp_path, "socket", "all") as office:
        opened(office, "eve")
    for user in ("amy", "ana"):
        message = slack.people.post(user, "acme", f"{REQUEST} {user}")
    assert until(lambda: slack.workspace.transcript.deliveries("message", ts=message.ts, **{"try": 3}))
    with office_of(slack, tmp_path, "socket", "all") as office:
        office.card(2)
        assert office.cases() == ["CS-000001", "CS-000002"]
        assert participants(office, 2) == [("Ana Acme", "requester")]
