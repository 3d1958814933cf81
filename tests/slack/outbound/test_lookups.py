"""Look-ups of threads: what is known is not asked for, and the rest stays below Slack's limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from channels.slack import earlier_messages
from channels.slack.inbound import backfill
from rehearsal.slack.server import Server
from tests.slack.outbound.test_flood import flood
from tests.stories.test_signs import whispered
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import DESK, hurry
from tests.support.setup import databases

CASES = 12


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A few seconds are as long there as ten minutes."""
    monkeypatch.setattr(backfill, "APART", timedelta(0))
    monkeypatch.setattr(earlier_messages, "APART", 0.0)
    with Server() as standing:
        standing.workspace.app.retry_scale = 0.002
        yield standing


@pytest.fixture
def office(slack: Server, tmp_path: Path) -> Iterator[Office]:
    """With the cards of many cases, in whose threads nobody has written."""
    with Office(databases.sqlite(tmp_path), tmp_path, slack=slack) as standing:
        flood(standing, CASES)
        assert until(lambda: len(standing.messages("triage")) == CASES)
        standing.drained()
        yield standing


def asked(office: Office, method: str = "conversations.replies") -> int:
    return len(office.slack.workspace.transcript.calls(method))


def test_a_message_to_one_person_in_a_thread_that_is_known_looks_nothing_up(office: Office) -> None:
    card = office.card(1)
    office.slack.people.post("sam", "triage", "!nonsens", thread_ts=card.ts)
    office.slack.people.post("sam", "triage", "!watch", thread_ts=card.ts)
    assert whispered(office, "sam", "watch").thread_ts == card.ts
    assert asked(office) == 0


def test_reading_back_asks_for_the_threads_with_new_replies_alone(office: Office) -> None:
    slack = office.slack
    for number in (1, 2):
        slack.people.post("sam", "triage", "Before.", thread_ts=office.card(number).ts)
        assert until(lambda number=number: len(office.case(number).entries) == 2)  # type: ignore[misc]
    office.settled()
    slack.refuse(1.5)
    slack.cut()
    assert until(lambda: not slack.connected)
    missed = slack.people.post("sam", "triage", "Missed.", thread_ts=office.card(2).ts)
    assert until(lambda: slack.workspace.transcript.deliveries("message", ts=missed.ts, **{"try": 3}))
    assert until(lambda: "Missed." in [entry.text for entry in office.case(2).entries], 60)
    assert until(lambda: not office.app.remember(backfill.NAME, None), 60)
    assert asked(office) < CASES / 2, "and not for each case's"


def test_after_a_fault_a_channel_tells_of_all_its_threads_at_once(office: Office) -> None:
    faults = office.slack.workspace.faults
    faults.add("error", method="chat.postMessage", status=500)
    for number in range(CASES):
        sender = f"C{number} <c{number}@plain.example>"
        office.send(sender, DESK, f"Re: [CS-{number + 1:06d}] Deal", f"Worse {number}.")
    posts = office.slack.workspace.transcript.calls
    assert until(lambda: len(posts("chat.postMessage", status=500)) >= CASES)
    faults.clear()

    def shown() -> bool:
        hurry(office)
        return all(
            any(f"Worse {number}." in said(reply) for reply in office.thread(number + 1))
            for number in range(CASES)
        )

    assert until(shown, 60)
    assert asked(office) == 0
    assert 0 < asked(office, "conversations.history") < CASES


def test_the_same_message_is_not_posted_twice_in_a_thread_with_newer_replies(office: Office) -> None:
    office.slack.workspace.faults.add("lost", method="chat.postMessage", times=1)
    office.send("C0 <c0@plain.example>", DESK, "Re: [CS-000001] Deal", "It is Monday.")
    card = office.card(1)
    assert until(lambda: [reply for reply in office.replies(card) if "It is Monday." in said(reply)])
    office.slack.people.post("sam", "triage", "A note.", thread_ts=card.ts)
    assert until(lambda: "A note." in [entry.text for entry in office.case(1).entries])
    hurry(office)
    office.drained()
    assert len([reply for reply in office.replies(card) if "It is Monday." in said(reply)]) == 1
