"""Stories of direct messages whose writer has several open cases and chooses none of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rehearsal.slack.server import Server
from rehearsal.slack.workspace.conversation import Message
from tests.stories.test_ways_in import asked, case_by_form
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.setup import databases

NOT_SAID = "Ana Acme did not say which of their cases this is about. Only the support team sees it"


@pytest.fixture(params=["socket", "http"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """In which Ana has two open cases."""
    with Office(databases.sqlite(tmp_path), tmp_path, mode=request.param) as standing:
        with_two_cases(standing)
        yield standing


def with_two_cases(office: Office) -> None:
    case_by_form(office, "ana", "Deal ID 12333: no delivery")
    case_by_form(office, "ana", "Report 77 fails")


def unanswered(office: Office, text: str, **more: Any) -> tuple[Message, Message]:
    """A direct message of Ana's, and the question below it."""
    people = office.slack.people
    message = people.post("ana", people.open_dm("ana").id, text, **more)
    question = asked(office, message)
    assert "Report 77 fails" in said(question)
    office.settled()
    return message, question


def entries(office: Office, number: int) -> list[tuple[str, str, str]]:
    """Return text, kind and visibility of a case's entries, without the first one."""
    office.settled()
    return [(entry.text, entry.kind, entry.visibility) for entry in office.case(number).entries][1:]


def choose(office: Office, question: Message, number: int) -> None:
    people, row = office.slack.people, 2 - number
    people.click("ana", "case_put", channel=question.channel, ts=question.ts, block_id=f"put:{row}", wait=5)
    assert until(lambda: f"put on CS-{number:06d}" in question.text)
    office.settled()


def test_messages_for_which_no_case_is_chosen_are_shown_after_five_minutes_in_their_order(
    office: Office,
) -> None:
    first, _ = unanswered(office, "Any news?")
    unanswered(office, "It also fails on *Mondays*.")
    assert entries(office, 1) == entries(office, 2) == [], "she is still asked"
    office.pass_time(minutes=6)
    shown = [office.in_thread(words, number=2) for words in ("Any news?", "It also fails on Mondays.")]
    assert [NOT_SAID in said(message) for message in shown] == [True, True]
    assert shown[0].ts < shown[1].ts
    assert entries(office, 2) == [
        ("Any news?", "unverified", "internal"),
        ("It also fails on Mondays.", "unverified", "internal"),
    ]
    assert entries(office, 1) == []
    assert all(entry.at < datetime.now(UTC) for entry in office.case(2).entries), "when she wrote, not later"
    assert len(office.replies(first)) == 1, "she reads nothing of it"
    office.slack.people.click("sam", "case_accept", channel="triage", ts=shown[1].ts, wait=5)
    assert until(lambda: entries(office, 2)[1] == ("It also fails on Mondays.", "said", "public"))


def test_a_message_that_is_shown_and_then_put_on_a_case_is_read_there_once(office: Office) -> None:
    _, question = unanswered(office, "Any news?")
    _, other = unanswered(office, "It also fails on Mondays.")
    _, third = unanswered(office, "And on Fridays.")
    office.pass_time(minutes=6)
    shown = office.in_thread("And on Fridays.", number=2)
    choose(office, question, 2)
    choose(office, other, 1)
    office.slack.people.click("sam", "case_accept", channel="triage", ts=shown.ts, wait=5)
    assert until(lambda: ("And on Fridays.", "said", "public") in entries(office, 2))
    choose(office, third, 2)
    assert entries(office, 1) == [("It also fails on Mondays.", "said", "public")]
    assert sorted(entries(office, 2)) == [
        ("And on Fridays.", "said", "public"),
        ("Any news?", "said", "internal"),
        ("Any news?", "said", "public"),
        ("It also fails on Mondays.", "said", "internal"),
    ]


def test_a_message_whose_case_is_chosen_in_time_or_that_is_deleted_is_not_shown_again(office: Office) -> None:
    people = office.slack.people
    _, question = unanswered(office, "Any news?")
    choose(office, question, 1)
    deleted, _ = unanswered(office, "Never mind the last report.")
    people.delete("ana", deleted.channel, deleted.ts)
    made, _ = unanswered(office, "Deal 5 is broken, too.")
    people.react("ana", made.channel, made.ts, "ticket")
    office.card(3)
    edited, _ = unanswered(office, "It fails on Mondys.")
    people.edit("ana", edited.channel, edited.ts, "It fails on Mondays.")
    office.settled()
    office.pass_time(minutes=6)
    office.in_thread("It fails on Mondays.", number=3)
    assert entries(office, 1) == [("Any news?", "said", "public")]
    assert entries(office, 2) == []
    assert entries(office, 3) == [("It fails on Mondays.", "unverified", "internal")]


def test_the_files_of_a_message_stay_with_the_support_team_until_it_is_accepted(office: Office) -> None:
    log = office.slack.people.upload("ana", "dump.log", b"a line\n")
    unanswered(office, "", files=[log])
    office.pass_time(minutes=6)
    shown = office.in_thread("dump.log", number=2)
    assert entries(office, 2) == [("", "unverified", "internal")]
    office.slack.people.click("sam", "case_accept", channel="triage", ts=shown.ts, wait=5)
    assert until(lambda: entries(office, 2) == [("", "said", "public")])
    assert [file.name for file in office.case(2).entries[-1].files] == ["dump.log"]


@pytest.mark.parametrize("closed", [(2,), (2, 1)])
def test_a_message_outlives_a_restart_and_the_closing_of_the_cases(
    url: str, tmp_path: Path, closed: tuple[int, ...]
) -> None:
    with Server() as slack:
        with Office(url, tmp_path, slack=slack) as office:
            with_two_cases(office)
            unanswered(office, "Any news?")
            for number in closed:
                slack.people.post("sam", "triage", "!close no_longer", thread_ts=office.card(number).ts)
                assert until(lambda n=number: office.case(n).line.state == "closed")  # type: ignore[misc]
        with Office(url, tmp_path, slack=slack) as office:
            office.pass_time(minutes=6)
            office.in_thread("Any news?", number=1)
            assert entries(office, 1)[-1] == ("Any news?", "unverified", "internal")


def shown_after_five_minutes(office: Office, text: str, **more: Any) -> tuple[Message, Message, Message]:
    message, question = unanswered(office, text, **more)
    office.pass_time(minutes=6)
    return message, question, office.in_thread(text or "dump.log", number=2)


def accept(office: Office, shown: Message) -> None:
    office.slack.people.click("sam", "case_accept", channel="triage", ts=shown.ts, wait=5)
    office.settled()


def test_a_shown_message_that_is_deleted_can_not_be_accepted(office: Office) -> None:
    message, _, shown = shown_after_five_minutes(office, "My password is hunter2.")
    office.slack.people.delete("ana", message.channel, message.ts)
    office.in_thread("Ana Acme deleted a message that only the desk has read", number=2)
    accept(office, shown)
    assert [visibility for _, _, visibility in entries(office, 2)] == ["internal", "internal"]


def test_a_shown_message_that_is_accepted_and_deleted_is_internal_again(office: Office) -> None:
    message, _, shown = shown_after_five_minutes(office, "My password is hunter2.")
    accept(office, shown)
    assert until(lambda: ("My password is hunter2.", "said", "public") in entries(office, 2))
    office.slack.people.delete("ana", message.channel, message.ts)
    assert until(lambda: ("My password is hunter2.", "said", "internal") in entries(office, 2))


def test_the_desk_reads_an_edit_of_a_shown_message(office: Office) -> None:
    message, _, _ = shown_after_five_minutes(office, "Order 12 is late.")
    office.slack.people.edit("ana", message.channel, message.ts, "Order 13 is late.")
    office.in_thread("Order 13 is late.", number=2)
    assert [visibility for _, _, visibility in entries(office, 2)] == ["internal", "internal"]


@pytest.mark.parametrize("chosen", [1, 2])
def test_files_of_a_shown_message_go_to_the_case_that_is_chosen_later(office: Office, chosen: int) -> None:
    log = office.slack.people.upload("ana", "dump.log", b"a line\n")
    _, question, _ = shown_after_five_minutes(office, "", files=[log])
    choose(office, question, chosen)
    public = [(number, kind) for number in (1, 2) for _, kind, v in entries(office, number) if v == "public"]
    assert public == [(chosen, "said")]
    assert "unverified" not in str([entries(office, number) for number in (1, 2)])
    assert [file.name for file in office.case(chosen).entries[-1].files] == ["dump.log"]


@pytest.mark.parametrize("chosen", [1, 2])
def test_a_shown_message_whose_case_is_chosen_later_can_be_edited_and_deleted(
    office: Office, chosen: int
) -> None:
    message, question, _ = shown_after_five_minutes(office, "Order 12 is late.")
    choose(office, question, chosen)
    office.slack.people.edit("ana", message.channel, message.ts, "Order 13 is late.")
    office.in_thread("Order 13 is late.", number=chosen)
    other = 3 - chosen
    assert "public" not in [visibility for _, _, visibility in entries(office, other)]
    office.slack.people.delete("ana", message.channel, message.ts)
    assert until(lambda: ("Order 12 is late.", "said", "public") not in entries(office, chosen))
    assert "public" not in [visibility for _, _, visibility in entries(office, other)]
