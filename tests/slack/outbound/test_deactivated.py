"""Somebody whose account was deactivated: nothing is said to them as if they read it, and the desk hears their name.

Slack takes messages into direct messages with somebody who is deactivated (slackapi/python-slack-sdk, issue 1156);
``conversations.open`` alone says ``user_disabled``.
"""

from __future__ import annotations

from pathlib import Path

from bot.queries.lists import ListOutbox
from rehearsal.slack.server import Server
from tests.slack.outbound.test_refusals import a_case_of_noa
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.setup import databases


def assert_given_up(office: Office, notice: str) -> None:
    """At once, and the desk reads whom it did not reach."""
    told = said(office.in_thread(f"The {notice} could not be delivered to Noa Nomail"))
    assert "this person's account is deactivated" in told
    assert [line for line in office.ask(ListOutbox("dead")) if "user_disabled" in line.reason]


def test_before_anything_was_said_to_them(office: Office) -> None:
    people = office.slack.people
    people.post("noa", "general", "@Case new Deal ID 12345: no delivery")
    people.admin.deactivate("noa")
    office.card()
    assert_given_up(office, "confirmation")


def test_after_they_read_the_case_in_direct_messages(office: Office) -> None:
    a_case_of_noa(office)
    people = office.slack.people
    talk = people.open_dm("noa").id
    (root,) = until(lambda: office.messages(talk))
    people.admin.deactivate("noa")
    assert until(lambda: office.slack.workspace.transcript.deliveries("user_change", acked=True))
    people.post("sam", "triage", "!reply It was the filter.", thread_ts=office.card().ts)
    assert_given_up(office, "answer")
    assert not [m for m in office.replies(root) if "It was the filter." in said(m)]


def test_while_nobody_listened(tmp_path: Path) -> None:
    url = databases.sqlite(tmp_path)
    with Server() as slack:
        with Office(url, tmp_path, slack=slack) as office:
            a_case_of_noa(office)
        slack.people.admin.deactivate("noa")
        with Office(url, tmp_path, slack=slack) as office:
            slack.people.post("sam", "triage", "!reply It was the filter.", thread_ts=office.card().ts)
            assert_given_up(office, "answer")


def test_the_desk_reads_why_in_its_own_language(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path, desk='language = "de"') as office:
        people = office.slack.people
        people.post("noa", "general", "@Case new Deal ID 12345: no delivery")
        people.admin.deactivate("noa")
        office.card()
        told = said(office.in_thread("konnte an Noa Nomail nicht zugestellt werden"))
        assert "Slack hat abgelehnt: das Konto dieser Person ist deaktiviert (user_disabled)" in told
        (dead,) = (line for line in office.ask(ListOutbox("dead")) if "user_disabled" in line.reason)
        assert dead.reason.startswith("Slack refused: "), "operators read what the log says"
