"""When more is to be said than Slack takes: nothing is asked for in vain, and people's words do not wait for cards."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.commands.case import Open
from bot.model.identity import Identity, Proof
from bot.model.request import Request
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import ANA, DESK, one_case_drained

office = pytest.fixture(one_case_drained)


def flood(office: Office, count: int) -> None:
    """So many customers open a case each, all at once."""
    for number in range(count):
        someone = Identity("email", f"c{number}@plain.example", f"Customer {number}")
        command = Open(f"Deal ID {7000 + number}", "It stopped.")
        office.app.desk.handle(
            Request(
                "email",
                f"flood{number}",
                someone,
                Proof.PLAUSIBLE,
                (command,),
                datetime.now(UTC),
                mailbox=DESK,
            )
        )


def refused(office: Office) -> int:
    """How many calls Slack has refused with a pause (429)."""
    return len(office.slack.workspace.transcript.calls(status=429))


def test_words_on_an_old_case_do_not_wait_for_the_cards_of_new_ones(office: Office) -> None:
    office.slack.workspace.app.limits = True
    flood(office, 25)
    until(lambda: office.slack.workspace.transcript.calls("chat.postMessage", status=429))
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is worse now.")
    office.in_thread("It is worse now.")
    assert len(office.messages("triage")) < 16, "it came before most of the cards"


def test_after_slack_asked_for_a_pause_nothing_is_looked_for(office: Office) -> None:
    office.slack.workspace.app.limits = True
    before = len(office.slack.workspace.transcript.entries())
    flood(office, 6)
    until(lambda: len(office.messages("triage")) == 7)
    assert until(lambda: "Customer 5" in said(office.card(7)))
    office.settled()
    calls = office.slack.workspace.transcript.entries("call")[:]
    made = [call["method"] for call in calls if call["seq"] > before]
    assert [call for call in calls if call["status"] == 429]
    assert "conversations.history" not in made
    assert "conversations.replies" not in made
    posted = [m.text for m in office.messages("triage")]
    assert len(posted) == len(set(posted))


def test_a_flood_is_posted_with_hardly_a_call_that_slack_refuses(office: Office) -> None:
    office.slack.workspace.app.limits = True
    flood(office, 25)
    assert until(lambda: len(office.messages("triage")) == 26)
    office.drained()
    assert 1 <= refused(office) <= 4, "the first, and at most a few that were under way beside it"


def test_two_limits_for_one_case_delay_its_messages_and_mail_goes_on(office: Office) -> None:
    """A message waits for one limit, and the card for another one that is over when the next message arrives."""
    faults, transcript = office.slack.workspace.faults, office.slack.workspace.transcript
    faults.add("ratelimited", method="chat.postMessage", times=1, retry_after=8)
    faults.add("ratelimited", method="chat.update", times=1, retry_after=1)
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is worse, part 1.")
    assert until(lambda: transcript.calls("chat.update", status=429))
    assert until(lambda: transcript.calls("chat.update")[-1]["status"] == 200)
    assert transcript.calls("chat.postMessage", status=429)
    for number in range(2, 5):
        office.send(ANA, DESK, "Re: [CS-000001] Deal", f"It is worse, part {number}.")
    office.send("Bea <bea@acme.example>", DESK, "Another", "Nothing works.")
    assert office.mails("bea@")
    office.in_thread("It is worse, part 4.")
    parts = [said(message) for message in office.thread() if "It is worse" in said(message)]
    assert [text.partition("part ")[2][0] for text in parts] == ["1", "2", "3", "4"]
    office.drained()
