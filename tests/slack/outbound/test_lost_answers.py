"""Where Slack's answer was lost, what stands there is looked for as people would: by place, by name and by time."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.queries.lists import ListOutbox
from bot.workers import lease_renewal
from store.queues import outbox
from store.queues.outbox import DeliveryOutcome, Outgoing, outgoing
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import ANA, DESK, assert_each_once, hurry, one_case_drained

office = pytest.fixture(one_case_drained)


def put_off(office: Office, why: str) -> bool:
    return bool(until(lambda: [row for row in office.ask(ListOutbox("waiting")) if why in row.reason]))


def test_a_file_of_that_name_at_the_head_of_the_thread_is_not_taken_for_the_one_that_failed(
    office: Office,
) -> None:
    card = office.card()
    with office.slack.workspace.lock:
        card.files.append(office.slack.people.upload("sam", "report.csv", b"an older one"))
    office.slack.workspace.faults.add("error", method="files.getUploadURLExternal", times=1)
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "The report.", files={"report.csv": b"a,b\n1,2\n"})
    assert put_off(office, "internal_error")
    hurry(office)
    shared = until(lambda: [f for m in office.thread() for f in m.files if f.name == "report.csv"])
    assert [file.data for file in shared] == [b"a,b\n1,2\n"]
    assert len([m for m in office.thread() if "The report." in said(m)]) == 1


def test_a_message_is_found_again_though_slacks_clock_is_behind_ours(office: Office) -> None:
    office.pass_time(minutes=5)
    office.slack.workspace.faults.add("lost", method="chat.postMessage", times=1)
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is Monday.")
    assert put_off(office, "reached")
    hurry(office)
    assert until(lambda: "It is Monday." in "".join(map(said, office.thread())))
    assert_each_once(office)


def tried_twice(office: Office) -> bool:
    with office.app.database.reading() as tx:
        return bool(tx.value(select(outgoing.c.id).where(outgoing.c.attempts > 1)))


def test_what_another_process_has_taken_while_this_one_paused_is_not_posted_by_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease_renewal, "SURE", 0.0)
    faults, calls = office.slack.workspace.faults, office.slack.workspace.transcript.calls
    faults.add("error", method="chat.postMessage", times=1)
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is Monday.")
    assert put_off(office, "internal_error")
    faults.add("slow", method="conversations.history", seconds=3.0, times=1)
    before = len(calls("conversations.history"))
    office.app.desk.retry()
    assert until(lambda: tried_twice(office))
    time.sleep(0.5)  # it looks for what an earlier try may have posted, and waits for Slack's answer
    with office.app.database.writing() as tx:
        tx.run(update(outgoing).where(outgoing.c.due_at.is_not(None)).values(fence=outgoing.c.fence + 1))
    until(lambda: len(calls("conversations.history")) > before)
    time.sleep(0.5)
    assert "It is Monday." not in "".join(map(said, office.thread()))
    with office.app.database.writing() as tx:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        tx.run(update(outgoing).where(outgoing.c.due_at.is_not(None)).values(due_at=long_ago))
    assert until(lambda: "It is Monday." in "".join(map(said, office.thread())))
    assert_each_once(office)


def test_what_a_paused_process_has_posted_after_all_is_not_posted_again(office: Office) -> None:
    office.slack.workspace.faults.add("error", method="chat.postMessage", times=1)
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is Monday.")
    assert put_off(office, "internal_error")
    [waiting] = [row for row in office.ask(ListOutbox("waiting")) if "internal_error" in row.reason]
    paused = Outgoing(waiting.id, "slack", "", "", b"", datetime.now(UTC), attempts=1, fence=-1)
    posted = DeliveryOutcome(paused, "sent", "", datetime.now(UTC), place="T0HOME/C0TRIAGE/1.0")
    with office.app.database.writing() as tx:
        assert not outbox.settle(tx, [posted]), "it is another process's"
    hurry(office)
    office.drained()
    assert "It is Monday." not in "".join(map(said, office.thread()))


def test_what_is_said_for_the_first_time_is_not_looked_for(office: Office) -> None:
    calls = office.slack.workspace.transcript.calls
    assert calls("chat.postMessage")
    assert calls("conversations.history") == calls("conversations.replies") == []
