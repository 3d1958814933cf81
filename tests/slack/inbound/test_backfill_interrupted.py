"""Catching up that is broken off, closed cases, and a line that flaps: nothing is lost, nothing is read for ever."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.commands.case import Open
from bot.queries.backfill import Talks
from channels.slack.inbound import backfill, backfill_sources
from channels.slack.inbound.backfill import NAME
from rehearsal.slack.server import Server
from rehearsal.slack.workspace.conversation import Message
from store.cases import case, thread
from tests.slack.outbound.test_places import asked_for
from tests.support.houses.desk import TestDesk
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import ANA, DESK, history
from tests.support.setup import databases

UNHEARD: dict[str, Any] = {"try": 3}
"""A delivery after which Slack says it no more."""


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """An outage of a second is one of more than ten minutes there."""
    monkeypatch.setattr(backfill, "APART", timedelta(0))
    with Server() as standing:
        standing.workspace.app.retry_scale = 0.002
        yield standing


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails is tried again almost at once."""
    monkeypatch.setattr(backfill, "FIRST_WAIT", 0.05)
    monkeypatch.setattr(backfill_sources, "PAUSE", 0.01)


def house(folder: Path, slack: Server) -> Office:
    return Office(databases.sqlite(folder), folder, slack=slack)


def opened(office: Office, number: int) -> str:
    """A case by mail, and a word of Sam's below its card; the card's ts."""
    office.send(ANA, DESK, f"Deal {number}", f"It stopped yesterday {number}.")
    office.in_thread(f"yesterday {number}", number)
    root = office.card(number).ts
    office.slack.people.post("sam", "triage", "Before.", thread_ts=root)
    until(lambda: "noted" in office.history(number))
    return root


def unheard(slack: Server, who: str, channel: str, text: str, thread_ts: str = "") -> Message:
    """Somebody says something until Slack gives up telling it."""
    posted = slack.people.post(who, channel, text, thread_ts=thread_ts)
    assert until(lambda: slack.workspace.transcript.deliveries("message", ts=posted.ts, **UNHEARD))
    return posted


def words(office: Office, number: int = 1) -> list[str]:
    return [entry.text for entry in office.case(number).entries]


def mark(office: Office) -> Any:
    """What the house remembers of what it has not read."""
    return office.app.remember(NAME, None)


def readings(slack: Server) -> int:
    """How often all places were read: the desk's channel is one of them."""
    return len(slack.workspace.transcript.calls("conversations.history", channel="C0TRIAGE"))


# broken off


def test_what_a_broken_off_catch_up_did_not_read_the_next_start_reads(
    slack: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill_sources, "PAUSE", 600.0)  # a process that leaves does not wait for that long
    with house(tmp_path, slack) as office:
        first, second = opened(office, 1), opened(office, 2)
        office.drained()
    unheard(slack, "sam", "triage", "Missed in one.", thread_ts=first)
    time.sleep(
        1.2
    )  # what is said in the other case is later, by Slack's clock and ours: only the mark knows of this
    slack.workspace.faults.add("error", method="conversations.replies")
    with house(tmp_path, slack) as office:
        slack.people.post("sam", "triage", "Live in two.", thread_ts=second)
        assert until(lambda: "Live in two." in words(office, 2))
        office.settled()
    slack.workspace.faults.clear()
    with house(tmp_path, slack) as office:
        assert until(lambda: "Missed in one." in words(office))
        assert until(lambda: not mark(office)), "and then it is done"
        office.settled()
        assert words(office).count("Missed in one.") == words(office, 2).count("Live in two.") == 1


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("who", ["slack", "the store"])
def test_a_place_that_cannot_be_read_now_is_read_later(slack: Server, tmp_path: Path, who: str) -> None:
    with house(tmp_path, slack) as office:
        root = opened(office, 1)
        office.drained()
    unheard(slack, "sam", "triage", "Missed.", thread_ts=root)
    standing = house(tmp_path, slack)
    enough = standing.app.acceptance._backlog
    if who == "slack":
        slack.workspace.faults.add("error", method="conversations.replies", times=8)
    else:
        standing.app.acceptance._backlog = 0
    with standing as office:
        assert until(lambda: readings(slack) > 0), "other places are read meanwhile"
        assert mark(office)
        assert "Missed." not in words(office)
        office.app.acceptance._backlog = enough
        assert until(lambda: "Missed." in words(office))
        assert until(lambda: not mark(office))


def crashes() -> float:
    return REGISTRY.get_sample_value("casebot_exceptions_total", {"part": "worker"}) or 0


def test_a_channel_that_cannot_be_understood_holds_up_no_other_and_is_counted(
    slack: Server, tmp_path: Path
) -> None:
    with house(tmp_path, slack) as office:
        root, before = opened(office, 1), crashes()
        asked_for(office, "ana", "acme", "Deal ID 12345: no delivery")
        (told,) = until(lambda: [m for m in office.messages("acme") if "Thank you for writing" in said(m)])
        office.drained()
    reply = unheard(slack, "sam", "triage", "Missed by the desk.", thread_ts=root)
    unheard(slack, "ana", "acme", "Missed by Ana.", thread_ts=told.ts)
    ts, reply.ts = reply.ts, "never"
    with house(tmp_path, slack) as office:
        assert until(lambda: "Missed by Ana." in words(office, 2))
        assert until(lambda: crashes() > before)
        assert mark(office)
        reply.ts = ts
        assert until(lambda: "Missed by the desk." in words(office))
        assert until(lambda: not mark(office))


@pytest.mark.usefixtures("hasty")
def test_a_place_that_slack_refuses_for_good_holds_up_nothing(slack: Server, tmp_path: Path) -> None:
    with house(tmp_path, slack) as office:
        root = opened(office, 1)
    unheard(slack, "sam", "triage", "Missed.", thread_ts=root)
    with slack.workspace.lock:
        slack.workspace.channel("acme").members.remove("U0CASE")  # and no event told of it
    with house(tmp_path, slack) as office:
        assert until(lambda: "Missed." in words(office))
        assert until(lambda: not mark(office))
    refused = slack.workspace.transcript.calls("conversations.history", channel="C0ACME")
    assert refused, "it was asked for"


@pytest.mark.usefixtures("hasty")
def test_while_slack_answers_nothing_it_is_asked_ever_less_often(
    slack: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "FIRST_WAIT", 0.5)
    with house(tmp_path, slack) as office:
        opened(office, 1)
    slack.workspace.faults.add("error", method="conversations.info")
    calls = lambda: slack.workspace.transcript.calls("conversations.info", channel="C0ACME")  # noqa: E731
    with house(tmp_path, slack) as office:
        assert until(lambda: len(calls()) > 3 * backfill_sources.TRIES)
        assert mark(office)
    times = [call["at"] for call in calls()]
    last, first = (
        times[backfill_sources.TRIES - 1 :: backfill_sources.TRIES],
        times[:: backfill_sources.TRIES],
    )
    pauses = [begun - over for over, begun in zip(last, first[1:], strict=False)]
    assert [pause >= least for pause, least in zip(pauses, (0.5, 1.0, 2.0), strict=False)] == [True] * 3, (
        pauses
    )


# closed cases


def test_replies_to_closed_cases_and_words_in_talks_without_open_cases(slack: Server, tmp_path: Path) -> None:
    home = slack.people.open_dm("ana").id
    with house(tmp_path, slack) as office:
        asked_for(office, "ana", "acme", "Deal ID 12345: no delivery")
        (told,) = [m for m in office.messages("acme") if "Thank you for writing" in said(m)]
        slack.people.post("ana", home, "!new another")
        until(lambda: len(office.cases()) == 2)
        office.drained()
        for number in (1, 2):
            slack.people.slash("sam", "triage", f"/case close CS-00000{number} duplicate", wait=3)
        office.settled()
        time.sleep(0.5)  # both were closed before, by Slack's clock and ours
        slack.people.post("ana", home, "!help")  # the last thing that is heard, after both were closed
        assert until(lambda: len(office.inbox()) == 3)
        office.drained()
    unheard(slack, "ana", "acme", "It is back! Please reopen.", thread_ts=told.ts)
    unheard(slack, "ana", home, "!new a third one")
    with house(tmp_path, slack) as office:
        assert until(lambda: "It is back! Please reopen." in words(office))
        assert "reopened" in history(office)
        assert until(lambda: len(office.cases()) == 3)


def test_threads_of_open_cases_come_first_and_long_closed_ones_never(desk: TestDesk) -> None:
    for _ in range(4):
        desk.ask("ana@acme.example", Open("Deal", "It stopped."))
    now = desk.desk.now()
    with desk.app.database.writing() as tx:
        for number in (1, 2, 3, 4):
            at = f"T1/C{number}/1700000000.00000{number}"
            thread.begin(tx, thread.Thread("slack", at, number, "customer"))
        for number, days in ((2, 30), (3, 3)):
            closed = case.get(tx, number)
            assert closed
            then = now - timedelta(days=days)
            closed.state, closed.closed_at, closed.updated_at = "closed", then, then
            case.save(tx, closed)
            person = closed.requester_id
        for number, where in ((1, "D1"), (2, "D2"), (4, "D1")):
            at = f"T1/{where}/1700000001.00000{number}"
            thread.begin(tx, thread.Thread("slack", at, number, "private", person))
    for _ in range(3):  # as a fixed statement too
        talks = Talks("slack", now, closed_since=now - timedelta(days=14), most=10)
        threads, own = desk.desk.ask(talks)
        assert [one.split("/")[1] for one in threads if "/C" in one] == ["C4", "C1", "C3"]
        assert own == ["T1/D1", "T1/D2"]


# a line that flaps


def test_a_line_that_flaps_reads_the_same_places_once_and_once_more(
    slack: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "REST", 3.0)
    with house(tmp_path, slack) as office:
        root = opened(office, 1)
        office.settled()
        for round_ in range(6):
            slack.cut()
            assert until(lambda: not slack.connected), round_
            assert until(lambda: slack.connected), round_
        assert until(lambda: readings(slack) == 1)
        slack.people.post("sam", "triage", "Heard.", thread_ts=root)
        assert until(lambda: "Heard." in words(office))
        assert mark(office), "what was missed since the first time is not forgotten"
        assert until(lambda: not mark(office))
        assert readings(slack) == 2
