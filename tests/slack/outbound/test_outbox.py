"""However badly Slack is to be had, each thing is said there once and in order, and no mail waits for it."""

from __future__ import annotations

import pytest

from bot.queries.lists import ListOutbox
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import (
    ANA,
    DESK,
    assert_each_once,
    hurry,
    more_than_a_page,
    one_case_in_mode,
)

office = pytest.fixture(one_case_in_mode, params=["socket", "http"])


def three_mails(office: Office) -> list[str]:
    told = ["It is Monday.", "It is Tuesday.", "It is Wednesday."]
    for text in told:
        office.send(ANA, DESK, "Re: [CS-000001] Deal", text)
        until(lambda text=text: office.case().entries[-1].text == text)
    return told


def in_order(office: Office, told: list[str]) -> bool:
    """They stand in the thread, each once, in the order in which they were said."""
    until(lambda: told[-1] in "".join(map(said, office.thread())))
    thread = [next((text for text in told if text in said(message)), "") for message in office.thread()]
    return [text for text in thread if text] == told


@pytest.mark.parametrize(
    ("office", "method"), [("socket", "chat.postMessage"), ("http", "")], indirect=["office"]
)
def test_while_slack_is_busy_the_outbox_waits_and_keeps_its_order(office: Office, method: str) -> None:
    office.slack.workspace.faults.add("ratelimited", method=method, times=1, retry_after=1)
    assert in_order(office, three_mails(office))
    office.card()
    assert_each_once(office)


def test_while_slack_is_down_the_outbox_waits_and_everything_arrives_once(office: Office) -> None:
    office.slack.workspace.faults.add("down")
    told = three_mails(office)
    office.send("Bea <bea@acme.example>", DESK, "Another", "Nothing works.")
    assert office.mails("bea@"), "mail is as quick as ever"
    put_off = lambda: [row for row in office.ask(ListOutbox("waiting")) if "refused" in row.reason]  # noqa: E731
    assert until(put_off)
    assert not [text for text in told if text in "".join(map(said, office.thread()))]
    office.slack.workspace.faults.clear()
    hurry(office)
    assert in_order(office, told)
    office.in_thread("Nothing works.", 2)
    assert_each_once(office)


def test_slack_fetches_no_link_that_somebody_wrote_and_calls_nobody_that_they_name(office: Office) -> None:
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "See https://evil.example/ @channel")
    office.in_thread("evil.example")
    posts = office.slack.workspace.transcript.calls("chat.postMessage")
    assert posts
    for post in posts:
        asked = {name: post["args"][name] for name in ("unfurl_links", "unfurl_media", "link_names", "parse")}
        assert asked == {"unfurl_links": False, "unfurl_media": False, "link_names": False, "parse": "none"}


def test_what_is_said_later_does_not_overtake_what_could_not_be_said_yet(office: Office) -> None:
    office.slack.workspace.faults.add("down")
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is Monday.")
    put_off = lambda: [row for row in office.ask(ListOutbox("waiting")) if "refused" in row.reason]  # noqa: E731
    assert until(put_off)
    office.slack.workspace.faults.clear()
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is Tuesday.")
    behind = lambda: [row for row in office.ask(ListOutbox("waiting")) if "before it" in row.reason]  # noqa: E731
    assert until(behind)
    hurry(office)
    assert in_order(office, ["It is Monday.", "It is Tuesday."])
    assert_each_once(office)


def test_slack_that_is_slow_holds_up_no_mail(office: Office) -> None:
    office.slack.workspace.faults.add("slow", method="chat.postMessage", seconds=0.3, times=5)
    told = three_mails(office)
    office.send("Bea <bea@acme.example>", DESK, "Another", "Nothing works.")
    assert office.mails("bea@")
    assert in_order(office, told)
    assert_each_once(office)


def put_off(office: Office) -> None:
    """Wait until a delivery was put off, because nobody knows whether Slack has it."""
    assert until(lambda: [row for row in office.ask(ListOutbox("waiting")) if "reached" in row.reason])


def pages(office: Office, method: str) -> int:
    """How many pages beyond the first were asked for."""
    calls = office.slack.workspace.transcript.calls(method, ok=True)
    return len([call for call in calls if call["args"].get("cursor")])


def test_a_message_whose_answer_was_lost_is_not_posted_again(office: Office) -> None:
    office.slack.workspace.faults.add("lost", method="chat.postMessage", times=1)
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is Monday.")
    put_off(office)
    hurry(office)
    assert in_order(office, ["It is Monday."])
    assert_each_once(office)


def test_a_message_whose_answer_was_lost_is_found_behind_more_replies_than_slack_shows_at_once(
    office: Office,
) -> None:
    more_than_a_page(office.slack.people, "triage", office.card().ts)
    office.slack.workspace.faults.add("lost", method="chat.postMessage", times=1)
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is Monday.")
    put_off(office)
    hurry(office)
    assert in_order(office, ["It is Monday."])
    assert_each_once(office)
    assert pages(office, "conversations.replies")


@pytest.mark.parametrize("below", [False, True], ids=["the newest there", "below a page of others"])
def test_a_card_whose_answer_was_lost_is_not_posted_again(office: Office, below: bool) -> None:
    office.slack.workspace.faults.add("lost", method="chat.postMessage", times=1)
    office.send("Bea <bea@acme.example>", DESK, "Another", "Nothing works.")
    put_off(office)
    if below:
        more_than_a_page(office.slack.people, "triage")
    hurry(office)
    office.in_thread("Nothing works.", 2)
    assert_each_once(office)
    assert bool(pages(office, "conversations.history")) is below
