"""What is said while the house is off, or cut off for longer than Slack tries, is read when it is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.slack.server import Server
from rehearsal.slack.workspace.conversation import Message
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import ANA, DESK, history, more_than_a_page
from tests.support.setup import databases

WORDS = ("First.", "!reply Second.", "Third.")


@pytest.fixture
def slack() -> Iterator[Server]:
    with Server() as standing:
        standing.workspace.app.retry_scale = 0.002
        yield standing


def opened(office: Office) -> str:
    """A case by mail, and a word of Sam's below its card; the card's ts."""
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped yesterday at noon.")
    office.in_thread("stopped yesterday")
    root = office.card().ts
    office.slack.people.post("sam", "triage", "Before.", thread_ts=root)
    until(lambda: "noted" in history(office))
    office.mails("ana@")
    return root


def say(slack: Server, root: str) -> None:
    """Sam says three things in the thread, until Slack gives up telling them."""
    said: list[Message] = [slack.people.post("sam", "triage", text, thread_ts=root) for text in WORDS]
    given_up(slack, said[-1])


def given_up(slack: Server, message: Message) -> None:
    """Wait until Slack has made its last try."""
    assert until(lambda: slack.workspace.transcript.deliveries("message", ts=message.ts, **{"try": 3}))


def heard(office: Office) -> list[tuple[str, str]]:
    until(lambda: len(office.case().entries) >= 5)
    office.settled()
    return [(entry.text, entry.visibility) for entry in office.case().entries[2:]]


ALL = [("First.", "internal"), ("Second.", "public"), ("Third.", "internal")]


def test_a_line_that_was_cut_for_long(slack: Server, tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path, slack=slack) as office:
        root = opened(office)
        slack.refuse(1.5)
        slack.cut()
        until(lambda: not slack.connected)
        say(slack, root)
        assert heard(office) == ALL
        assert len(office.mails("ana@")) == 1


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_a_house_that_was_off(slack: Server, tmp_path: Path, mode: str) -> None:
    url = databases.sqlite(tmp_path)
    with Office(url, tmp_path, mode=mode, slack=slack) as office:
        root = opened(office)
    say(slack, root)
    with Office(url, tmp_path, mode=mode, slack=slack) as office:
        assert heard(office) == ALL
    with Office(url, tmp_path, mode=mode, slack=slack) as office:
        assert heard(office) == ALL, "and nothing twice"
        assert len(office.case().entries) == 5


def test_words_beyond_what_slack_shows_at_once_are_read_too(slack: Server, tmp_path: Path) -> None:
    """Slack shows a thread's oldest replies first, and a channel's newest messages."""
    url = databases.sqlite(tmp_path)
    with Office(url, tmp_path, slack=slack) as office:
        root = opened(office)
    slack.people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    more_than_a_page(slack.people, "acme")
    more_than_a_page(slack.people, "triage", root)
    say(slack, root)
    with Office(url, tmp_path, slack=slack) as office:
        assert heard(office) == ALL
        assert "Deal ID 12345" in said(office.card(2))
        for method in ("conversations.history", "conversations.replies"):
            calls = slack.workspace.transcript.calls(method, ok=True)
            assert [call for call in calls if call["args"].get("cursor")], method
        assert office.cases() == ["CS-000001", "CS-000002"]


def test_a_first_start_reads_nothing_of_what_was_said_before(slack: Server, tmp_path: Path) -> None:
    asked = slack.people.post("sam", "triage", "<@U0CASE> help")
    given_up(slack, asked)
    with Office(databases.sqlite(tmp_path), tmp_path, slack=slack) as office:
        opened(office)
        office.settled()
        assert len([line for line in office.inbox() if line.source == "slack"]) == 1
