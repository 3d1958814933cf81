"""The app is out of a channel for a while: when it returns, it reads what was said, and posts the cards that came."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.slack.server import Server
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import ANA, DESK
from tests.support.setup import databases

ZOE = "Zoe <zoe@elsewhere.example>"


@pytest.fixture(params=["socket", "http"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with (
        Server() as slack,
        Office(
            databases.sqlite(tmp_path), tmp_path, mode=request.param, slack=slack, more='opens = "all"\n'
        ) as standing,
    ):
        standing.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped yesterday.")
        standing.in_thread("It stopped yesterday.")
        standing.drained()
        yield standing


def heard(office: Office, event: str) -> None:
    assert until(lambda: office.slack.workspace.transcript.deliveries(event, acked=True))


def texts(office: Office, number: int = 1) -> list[str]:
    return [entry.text for entry in office.case(number).entries]


def test_messages_in_a_customers_channel_are_read_when_the_app_returns(office: Office) -> None:
    people = office.slack.people
    people.post("eve", "acme", "Report 77 fails.")
    office.in_thread("Report 77 fails.", 2)
    first = office.messages("acme")[0]
    assert until(lambda: office.replies(first))
    office.drained()
    people.admin.kick("acme")
    heard(office, "member_left_channel")
    people.post("eve", "acme", "It is worse now.", thread_ts=first.ts)
    people.post("ana", "acme", "The dashboard is empty since noon, for everybody.")
    people.join("@app", "acme")
    assert until(lambda: "It is worse now." in texts(office, 2), 60)
    assert until(lambda: len(office.messages("triage")) == 3, 60)
    office.drained()
    assert texts(office, 2).count("It is worse now.") == 1


def test_messages_in_the_desks_channel_are_read_when_the_app_returns(office: Office) -> None:
    people, card = office.slack.people, office.card()
    people.admin.kick("triage")
    heard(office, "member_left_channel")
    people.post("sam", "triage", "Their filter is wrong.", thread_ts=card.ts)
    people.join("@app", "triage")
    assert until(lambda: "Their filter is wrong." in texts(office), 60)


@pytest.mark.parametrize("how", ["kick", "archive"])
def test_a_case_that_came_meanwhile_gets_its_card(office: Office, how: str) -> None:
    people = office.slack.people
    getattr(people.admin, how)("triage")
    heard(office, "member_left_channel" if how == "kick" else "channel_archive")
    office.send(ZOE, DESK, "Deal ID 7", "Mine stopped, too.")
    assert until(lambda: len(office.cases()) == 2)
    office.settled()
    assert len(office.messages("triage")) == 1
    if how == "kick":
        people.join("@app", "triage")
    else:
        people.admin.unarchive("triage")
    assert "Mine stopped, too." in said(office.card(2))
    office.drained()
    assert len(office.messages("triage")) == 2, "and nothing twice"


def test_messages_from_before_the_first_invitation_open_no_case(office: Office) -> None:
    people, workspace = office.slack.people, office.slack.workspace
    workspace.channel("acme").members.remove(workspace.app.bot_user)
    people.post("eve", "acme", "The old report fails.")
    people.join("@app", "acme")
    heard(office, "member_joined_channel")
    people.post("eve", "acme", "The new report fails.")
    office.in_thread("The new report fails.", 2)
    office.drained()
    assert len(office.cases()) == 2
