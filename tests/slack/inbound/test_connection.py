"""The line to Slack breaks, somebody else speaks on it, the store is busy: nothing is lost, nothing forged is kept."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.queries.lists import ListInbox
from tests.support.houses.house import until
from tests.support.houses.office import Office
from tests.support.houses.one_case import ANA, DESK, assert_each_once, history, hurry, one_case_in_mode
from tests.support.setup import databases

office = pytest.fixture(one_case_in_mode, params=["socket", "http"])


@pytest.mark.parametrize("office", ["socket"], indirect=True)
@pytest.mark.parametrize("reset", [False, True])
def test_a_socket_that_is_cut_loses_nothing_that_is_said_meanwhile(office: Office, reset: bool) -> None:
    office.slack.workspace.app.retry_scale = 0.02
    root, told = office.card().ts, [f"word {number}." for number in range(12)]
    for number, text in enumerate(told):
        if number % 6 == 2:
            office.slack.cut(reset=reset)
        office.slack.people.post("sam", "triage", text, thread_ts=root)
        time.sleep(0.05)
    until(lambda: len(office.case().entries) == 13)
    office.settled()
    assert sorted(entry.text for entry in office.case().entries[1:]) == sorted(told)


@pytest.mark.parametrize("office", ["http"], indirect=True)
def test_what_slack_did_not_sign_just_now_is_refused_and_not_kept(office: Office) -> None:
    kept, root, before = len(office.inbox()), office.card().ts, history(office)
    people, transcript = office.slack.people, office.slack.workspace.transcript
    office.slack.workspace.app.retry_scale = 0.001
    for fault in ("forged", "stale"):
        office.slack.workspace.faults.add(fault)
        posted = people.post("sam", "triage", "!close resolved", thread_ts=root)
        assert not people.slash("sam", "triage", "/case close CS-000001 resolved").acked
        assert not office.click("sam", "case_take").acked
        last = lambda ts=posted.ts: transcript.deliveries("message", **{"try": 3, "ts": ts})  # noqa: E731
        assert until(last)
        assert not last()[-1]["acked"]
        office.slack.workspace.faults.clear()
    office.settled()
    assert len(office.inbox()) == kept
    assert history(office) == before


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_a_house_that_starts_while_slack_is_away_connects_once_it_is_back(tmp_path: Path, mode: str) -> None:
    office = Office(databases.sqlite(tmp_path), tmp_path, mode=mode)
    office.slack.workspace.faults.add("down")
    clear = threading.Timer(0.7, office.slack.workspace.faults.clear)
    clear.start()
    with office:
        office.send(ANA, DESK, "Deal ID 12333", "It stopped yesterday at noon.")
        assert office.mails("ana@")
        clear.join()
        hurry(office)
        assert office.in_thread("stopped yesterday")
        assert_each_once(office)


def test_while_the_store_is_locked_nothing_is_acked_and_all_of_it_comes_again(
    office: Office, tmp_path: Path
) -> None:
    app, transcript = office.slack.workspace.app, office.slack.workspace.transcript
    app.patience, app.retry_scale = 0.5, 0.05
    root = office.card().ts
    with closing(sqlite3.connect(tmp_path / "casebot.db", isolation_level=None)) as lock:
        lock.execute("BEGIN IMMEDIATE")
        posted = office.slack.people.post("sam", "triage", "It is the tag.", thread_ts=root)
        tries = lambda **facts: transcript.deliveries("message", ts=posted.ts, **facts)  # noqa: E731
        assert until(tries)
        assert not tries(acked=True)
        lock.execute("ROLLBACK")
    assert until(lambda: tries(acked=True))
    until(lambda: "noted" in history(office))
    office.settled()
    assert history(office).count("noted") == 1
    assert len([line for line in office.ask(ListInbox()) if line.source == "slack"]) == 1
