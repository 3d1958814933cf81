"""A change that comes before its message: Slack could not deliver that at first, and tries again a while later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.model.message import DELETED
from rehearsal.slack.server import Server
from rehearsal.slack.workspace.conversation import Message
from tests.slack.inbound.test_backfill import given_up
from tests.slack.test_customers import opened
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import ANA, DESK
from tests.support.setup import databases

A_WHILE = 0.03
"""Of Slack's waits: its second retry comes two seconds later."""
BOTH_PLACES = pytest.mark.parametrize("number", ["", "CS-000001 "], ids=["thread", "beside"])


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(databases.sqlite(tmp_path), tmp_path, mode="http", undo="9s") as standing:
        standing.slack.workspace.app.retry_scale = A_WHILE
        standing.send(ANA, DESK, "Deal", "It stopped delivering.")
        assert standing.mails("ana@acme.example")
        standing.in_thread("It stopped delivering.")
        standing.drained()
        yield standing


def changed_early(
    office: Office, post: Callable[[], Message], change: Callable[[Message], None], *, events: int = 1
) -> None:
    """A message whose first two deliveries are refused, and that is changed before the third.

    ``events``: as how many it comes; one that mentions us is two.
    """
    transcript, faults = office.slack.workspace.transcript, office.slack.workspace.faults
    faults.add("forged", times=2 * events, words='"client_msg_id"')
    message = post()
    assert until(lambda: len(transcript.deliveries(ts=message.ts, acked=False)) == 2 * events)
    change(message)
    assert until(lambda: [d for d in transcript.deliveries(acked=True) if d["ts"] > message.ts])
    assert not transcript.deliveries(ts=message.ts, acked=True), "the change was to come first"
    assert until(lambda: len(transcript.deliveries(ts=message.ts, acked=True)) == events)


def test_a_note_ends_with_its_new_words(office: Office) -> None:
    people, root = office.slack.people, office.card().ts
    changed_early(
        office,
        lambda: people.post("sam", "triage", "It is the tag.", thread_ts=root),
        lambda note: people.edit("sam", "triage", note.ts, "It is the pixel."),
    )
    assert until(lambda: len(office.case().entries) == 3), [e.text for e in office.case().entries]
    office.drained()
    texts = [entry.text for entry in office.case().entries]
    assert texts[1:] == ["It is the tag.", "✏️ edited: It is the pixel."]
    assert {entry.visibility for entry in office.case().entries[1:]} == {"internal"}
    assert len(office.thread()) == 1, "the note itself: correcting it needs no words of ours"


def reply(office: Office, number: str) -> Message:
    """An answer below the card; with the number of its case, beside the threads."""
    below = "" if number else office.card().ts
    return office.slack.people.post("sam", "triage", f"!reply {number}Use port 8081.", thread_ts=below)


@BOTH_PLACES
def test_customers_read_an_answer_as_it_was_corrected_and_once(office: Office, number: str) -> None:
    changed_early(
        office,
        lambda: reply(office, number),
        lambda answer: office.slack.people.edit("sam", "triage", answer.ts, f"!reply {number}Use port 8080."),
    )
    (answer,) = office.mails("ana@acme.example")
    assert "Use port 8080." in words(answer)
    assert "8081" not in words(answer)
    assert office.nothing("ana@acme.example")


@BOTH_PLACES
def test_an_answer_that_was_deleted_reaches_nobody(office: Office, number: str) -> None:
    changed_early(
        office,
        lambda: reply(office, number),
        lambda answer: office.slack.people.delete("sam", "triage", answer.ts),
    )
    assert until(lambda: [m for m in office.slack.workspace.ephemerals if "nothing was sent" in said(m)])
    office.drained()
    assert office.nothing("ana@acme.example")


def test_a_command_that_is_edited_into_mere_words_sends_nothing(office: Office) -> None:
    changed_early(
        office,
        lambda: reply(office, "CS-000001 "),
        lambda answer: office.slack.people.edit("sam", "triage", answer.ts, "Does CS-000001 use port 8081?"),
    )
    office.drained()
    assert office.nothing("ana@acme.example")


def test_a_case_that_was_opened_with_it_is_one_and_has_the_new_words(office: Office) -> None:
    people = office.slack.people
    changed_early(
        office,
        lambda: people.post("noa", "general", "@Case new Deal ID 12345: no delivery"),
        lambda asked: people.edit("noa", "general", asked.ts, "@Case new Deal ID 54321: no delivery"),
        events=2,
    )
    office.in_thread("54321", 2)
    office.drained()
    assert office.cases() == ["CS-000001", "CS-000002"]
    assert len([entry for entry in office.case(2).entries if "54321" in entry.text]) == 1


def test_a_change_that_was_read_with_its_message_is_not_told_again(tmp_path: Path) -> None:
    """While the house was off, Slack gave up the message; its change comes when that was read afterwards."""
    url = databases.sqlite(tmp_path)
    with Server() as slack:
        slack.workspace.app.retry_scale = 0.002
        with Office(url, tmp_path, mode="http", slack=slack) as office:
            told = opened(office, "ana", "acme")
            slack.people.post("ana", "acme", "Before.", thread_ts=told.ts)
            office.in_thread("Before.")
        word = slack.people.post("ana", "acme", "It began on Monday.", thread_ts=told.ts)
        given_up(slack, word)
        slack.workspace.app.retry_scale = 0.2
        slack.people.edit("ana", "acme", word.ts, "It began on Tuesday.")
        with Office(url, tmp_path, mode="http", slack=slack) as office:
            office.in_thread("It began on Tuesday.")
            changes = lambda: [d for d in slack.workspace.transcript.deliveries(acked=True) if d["try"] > 1]  # noqa: E731
            assert until(changes)
            office.drained()
            texts = [entry.text for entry in office.case().entries]
            assert texts == ["Since this morning.", "Before.", "It began on Tuesday."]
            slack.people.delete("ana", "acme", word.ts)
            assert until(lambda: office.case().entries[-1].text.startswith(DELETED.rstrip(" :"))), (
                "a deletion is told"
            )
