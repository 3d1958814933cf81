"""Stories of answers that wait, and of notices that are batched: what was taken back is in no mail."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

from tests.stories.test_undo import ANA, opened, undo, whispered
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.setup.fixtures import open_on_each_database_and_mode

BOB = "bob@acme.example"

office = open_on_each_database_and_mode(Office, undo="30s", gather=120)


def says(office: Office, text: str) -> None:
    office.slack.people.post("sam", "triage", text, thread_ts=office.card().ts)


def test_a_close_right_after_the_confirmation_can_be_taken_back(office: Office) -> None:
    opened(office)
    says(office, "!close")
    undo(office, whispered(office, "sam", "in 30 seconds."))
    whispered(office, "sam", "Taken back: nothing was sent.")
    assert office.case().line.state == "new"
    office.pass_time(minutes=5)
    assert office.nothing("ana@")


def test_what_waited_before_a_close_that_was_taken_back_says_nothing_of_it(office: Office) -> None:
    confirmation = opened(office)
    says(office, f"!add {BOB}")
    office.mails("bob@")
    office.answer(confirmation, ANA, "#close")
    office.answer(confirmation, ANA, "#reopen")
    assert until(lambda: {"closed", "reopened"} <= set(office.history()))
    says(office, "!close")
    undo(office, whispered(office, "sam", "in 30 seconds."))
    whispered(office, "sam", "Taken back: nothing was sent.")
    office.pass_time(minutes=5)
    (news,) = office.mails("bob@")
    assert "has closed" in words(news)
    assert "Resolved" not in words(news)


def test_a_customer_who_looks_while_a_close_waits_is_told_nothing_of_it(office: Office) -> None:
    confirmation = opened(office)
    says(office, "!close")
    offer = whispered(office, "sam", "in 30 seconds.")
    office.answer(confirmation, ANA, "#show")
    (shown,) = office.mails("ana@")
    assert "closed" not in words(shown)
    assert "Resolved" not in words(shown)
    undo(office, offer)
    whispered(office, "sam", "Taken back: nothing was sent.")
    office.pass_time(minutes=5)
    assert office.nothing("ana@")


def test_a_customer_who_complains_while_a_close_waits_reads_the_state_that_they_know(office: Office) -> None:
    confirmation = opened(office)
    says(office, "!close")
    offer = whispered(office, "sam", "in 30 seconds.")
    office.answer(confirmation, ANA, "#concern It takes too long. Call me at +49 30 123456.")
    (receipt,) = office.mails("ana@")
    assert "Resolved" not in words(receipt)
    undo(office, offer)
    whispered(office, "sam", "It was taken back already: nothing was sent.")
    assert office.case().line.state == "new"


def test_a_list_of_ones_own_cases_says_nothing_of_a_close_that_waits(office: Office) -> None:
    confirmation = opened(office)
    says(office, "!close")
    offer = whispered(office, "sam", "in 30 seconds.")
    office.answer(confirmation, ANA, "#my")
    (listed,) = office.mails("ana@")
    assert "CS-000001" in words(listed)
    assert "Resolved" not in words(listed)
    (url,) = set(re.findall(r"See my cases: (\S+)", words(listed)))
    assert "Resolved" not in urllib.request.urlopen(url).read().decode()
    undo(office, offer)
    whispered(office, "sam", "Taken back: nothing was sent.")


def test_an_answer_that_waits_goes_to_no_local_team(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path, undo="30s", desk='local_team = "paris@team.example"') as office:
        opened(office)
        says(office, "!reply SECRET DRAFT")
        offer = whispered(office, "sam", "in 30 seconds.")
        office.slack.people.post("mia", "triage", "!handover", thread_ts=office.card().ts)
        assert "waits to be sent" in said(whispered(office, "mia", "waits to be sent"))
        undo(office, offer)
        whispered(office, "sam", "Taken back: nothing was sent.")
        assert office.nothing("paris@")
