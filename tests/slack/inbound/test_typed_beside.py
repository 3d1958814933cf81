"""What is typed beside the thread of its case: in the desk's channel itself, below the customer's own message."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.slack.workspace.conversation import Message
from tests.inbound.test_floods import FEW, NOBODY, heard, writes
from tests.slack.inbound.test_files import files, stored
from tests.stories.test_undo import LONG, UNDONE, WAITS, marked, opened, undo, whispered
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import hurry
from tests.support.houses.slack_house import words_of
from tests.support.setup import databases
from tests.support.setup.fixtures import open_on_each_database_and_mode

CONTENT = b"a line that nobody else has\n"


def with_file(office: Office, user: str, channel: str, words: str, name: str) -> Message:
    """A message with a file."""
    people = office.slack.people
    return people.post(user, channel, words, files=[people.upload(user, name, CONTENT)])


office = open_on_each_database_and_mode(Office, undo=LONG)


def test_a_command_in_the_desks_channel_itself_is_done_or_says_what_it_lacks(office: Office) -> None:
    opened(office)
    card, people = office.card(), office.slack.people
    people.post("sam", "triage", "!reply We look into it.")
    whispered(office, "sam", "CS-000123")
    sent = people.post("sam", "triage", "!reply CS-000001 We look into it.")
    offer = whispered(office, "sam", "in 30 seconds.")
    assert marked(office, sent, WAITS)
    people.edit("sam", "triage", sent.ts, "!reply CS-000001 We look into it now.")
    whispered(office, "sam", "In time:")
    undo(office, offer)
    assert marked(office, sent, UNDONE)
    people.post("sam", "triage", "!queue")
    assert "1 case to do." in words_of(whispered(office, "sam", "to do.").blocks)
    people.post("sam", "triage", "!repyl CS-000001 Typed in a hurry.")
    whispered(office, "sam", "Did you mean “!reply”?")
    assert office.nothing("ana@")
    assert [message.ts for message in office.messages("triage") if "CS-000001 · " in said(message)] == [
        card.ts
    ]


def test_a_command_below_another_message_of_the_desks_channel_is_done_too(office: Office) -> None:
    opened(office)
    office.card()
    people = office.slack.people
    talk = people.post("kim", "triage", "Who has the delivery case?")
    sent = people.post("sam", "triage", "!take CS-000001", thread_ts=talk.ts)
    assert until(lambda: office.case().line.owner == "Sam Specialist")
    assert sent.thread_ts == talk.ts


def test_a_command_below_a_notice_that_is_about_no_case_is_done_at_once(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path, more=FEW, **NOBODY) as office:
        writes(office, *["eve@evil.example"] * 4)
        assert until(lambda: heard(office))
        office.drained()
        (notice,) = [message for message in office.messages("triage") if "Mail is set aside" in said(message)]
        office.slack.people.post("sam", "triage", "!take CS-000001", thread_ts=notice.ts)
        assert until(lambda: office.case().line.owner == "Sam Specialist")
        office.slack.people.post("sam", "triage", "!release", thread_ts=notice.ts)
        whispered(office, "sam", "CS-000123")
        assert {(line.attempts, line.reason) for line in office.inbox("done")} == {(1, "")}, "it was put off"


def test_a_command_below_a_card_that_is_not_known_yet_is_about_its_case(office: Office) -> None:
    office.slack.workspace.faults.add("lost", method="chat.postMessage", times=1)
    opened(office)
    office.slack.people.post("sam", "triage", "!take", thread_ts=office.card().ts)
    assert until(lambda: [line for line in office.inbox("waiting") if "not known yet" in line.reason])
    hurry(office)
    assert until(lambda: office.case().line.owner == "Sam Specialist")


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ("triage", "!attach CS-000001"),
        ("triage", "!reply CS-000001"),
        ("triage", "@Case attach CS-000001"),
        ("general", "@Case attach CS-000001"),
        ("general", "@Case reply CS-000001"),
        ("@app", "!attach CS-000001"),
    ],
)
def test_a_command_that_is_about_its_files_waits_for_them_wherever_it_is_typed(
    tmp_path: Path, channel: str, words: str
) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path) as office:
        opened(office)
        office.card()
        office.drained()
        place = office.slack.people.open_dm("sam").id if channel == "@app" else channel
        with_file(office, "sam", place, words, "fix.zip")
        (mail,) = office.mails("ana@")
        assert [part.get_filename() for part in mail.iter_attachments()] == ["fix.zip"]
        assert files(office) == [("fix.zip", "public")]


def test_a_customers_file_waits_for_no_thread_either(office: Office) -> None:
    people = office.slack.people
    talk = people.open_dm("ana")
    people.post("ana", talk.id, "!new Deal ID 12333: it does not deliver")
    office.card()
    with_file(office, "ana", talk.id, "!attach CS-000001", "dump.log")
    assert until(lambda: files(office) == [("dump.log", "public")])


def test_files_for_a_case_that_is_not_ones_own_are_kept_nowhere(office: Office) -> None:
    opened(office)
    office.card()
    talk = office.slack.people.open_dm("noa")
    asked = with_file(office, "noa", talk.id, "!attach CS-000001", "private.txt")
    assert until(lambda: office.replies(asked))
    office.settled()
    assert files(office) == []
    assert not stored(office, CONTENT)


def test_a_command_below_words_of_the_desks_channel_is_done_as_one_in_a_thread_is(office: Office) -> None:
    opened(office)
    office.card()
    people = office.slack.people
    people.post("sam", "triage", "Mine.\n!take CS-000001")
    assert until(lambda: office.case().line.owner == "Sam Specialist")
    people.post("sam", "triage", " !queue")
    whispered(office, "sam", "1 case to do.")


def test_what_colleagues_say_to_each_other_there_is_kept_by_nobody(office: Office) -> None:
    opened(office)
    office.card()
    before = len(office.inbox())
    people = office.slack.people
    for words in (
        "Lunch?",
        "!important: CS-000001 is about the deal",
        "Nice!",
        "!",
        "Look:\n!nice",
        "Use !take then.",
    ):
        people.post("sam", "triage", words)
    people.post("sam", "triage", "!take CS-000001")
    assert until(lambda: office.case().line.owner == "Sam Specialist")
    assert len(office.inbox()) == before + 1


def test_what_stands_below_the_message_that_opened_a_case_belongs_to_it(office: Office) -> None:
    people = office.slack.people
    asked = people.post("ana", "acme", "@Case new Deal 77 does not deliver")
    office.card()
    people.post("ana", "acme", "It stopped at noon.", thread_ts=asked.ts)
    office.in_thread("It stopped at noon.")
    assert [entry.text for entry in office.case().entries if entry.visibility == "public"][
        -1
    ] == "It stopped at noon."
    people.post("sam", "acme", "We look into it.", thread_ts=asked.ts)
    office.in_thread("We look into it.")
