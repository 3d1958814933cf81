"""However often Slack says something, and however badly it is to be had, each thing happens once."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.queries import ListInbox, ListOutbox
from rehearsal.slack.conversation import Message
from tests.house import until, words
from tests.office import Office, said

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"


@pytest.fixture(params=["socket", "http"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """With one case, opened by mail, that Sam owns."""
    with Office(f"sqlite:///{tmp_path}/casebot.db", tmp_path, mode=request.param) as standing:
        opened(standing)
        standing.click("sam", "case_take")
        standing.settled()
        standing.slack.workspace.app.retry_scale = 0.005
        yield standing


def opened(office: Office) -> None:
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped yesterday at noon.\n\nAna")
    assert office.mails("ana@")
    office.in_thread("stopped yesterday")


def four_times(office: Office) -> None:
    """Slack delivers everything four times in parallel from now on."""
    office.slack.workspace.faults.add("duplicate", copies=4)


def came(office: Office, what: str) -> bool:
    """Did all four copies of the last one of these come, and was each acked?"""

    def last() -> bool:
        found = office.slack.workspace.transcript.deliveries(what, acked=True)
        return sum(each["id"] == found[-1]["id"] for each in found) == 4 if found else False

    return bool(until(last))


def grown(office: Office, act: Callable[[], object], *, what: str) -> list[str]:
    """What is new in the case's history, and how many of its entries, once all four copies had their chance."""
    before, entries = office.history(), len(office.case().entries)
    act()
    assert came(office, what)
    until(lambda: len(office.case().entries) > entries or office.history() != before, 5)
    office.settled()
    return [*office.history()[len(before) :], *["entry"] * (len(office.case().entries) - entries)]


def ids(office: Office) -> Counter[str]:
    """How often each of our messages stands in Slack, by the id in its metadata."""
    with office.slack.workspace.lock:
        messages = [m for c in office.slack.workspace.channels.values() for m in c.messages.values()]
    about = ((m.metadata or {}).get("event_payload", {}).get("id") for m in messages)
    return Counter(one for one in about if one and one != "0")


def assert_each_once(office: Office) -> None:
    office.settled()
    assert set(ids(office).values()) == {1}
    assert not office.ask(ListOutbox("waiting"))
    assert not office.ask(ListOutbox("dead"))


# four copies in parallel


def test_messages_that_come_four_times_are_each_said_once(office: Office) -> None:
    people, root = office.slack.people, office.card().ts
    four_times(office)

    def post(text: str, **more: object) -> Callable[[], Message]:
        return lambda: people.post("sam", "triage", text, thread_ts=root, **more)

    assert grown(office, post("It is the tag."), what="message") == ["noted", "entry"]
    assert grown(office, post("!reply Please try again."), what="message") == ["answered", "entry"]
    assert grown(office, post("@Case close resolved"), what="app_mention") == ["closed"]
    assert grown(office, post("!reopen It is back."), what="message") == ["reopened", "entry"]
    file = people.upload("sam", "app.log", b"a line\n")
    assert grown(office, post("The log.", files=[file]), what="message") == ["noted", "entry"]
    said_ = post("No, the pixel.")()
    until(lambda: office.case().entries[-1].text == "No, the pixel.")
    assert grown(office, lambda: people.edit("sam", "triage", said_.ts, "No, the DNS."), what="message") == [
        "noted",
        "entry",
    ]
    assert grown(office, lambda: people.delete("sam", "triage", said_.ts), what="message") == [
        "noted",
        "entry",
    ]
    assert len(office.mails("ana@", count=3)) == 3, "an answer, that it was closed, that it was reopened"
    assert office.nothing("ana@")
    assert_each_once(office)


def test_slash_commands_that_come_four_times_do_it_once(office: Office) -> None:
    four_times(office)

    def type_(text: str) -> Callable[[], object]:
        return lambda: office.slack.people.slash("sam", "triage", text)

    assert grown(office, type_("/case note CS-1 It is the tag."), what="/case") == ["noted", "entry"]
    assert grown(office, type_("/case reply CS-1 Try again."), what="/case") == ["answered", "entry"]
    assert grown(office, type_("/case close CS-1 resolved"), what="/case") == ["closed"]
    assert grown(office, type_("/case reopen CS-1 It is back."), what="/case") == ["reopened", "entry"]
    assert len(office.mails("ana@", count=3)) == 3
    assert office.nothing("ana@")
    assert_each_once(office)


def test_a_click_that_comes_four_times_takes_the_case_once(office: Office) -> None:
    four_times(office)
    assert grown(office, lambda: office.click("mia", "case_take"), what="block_actions") == ["taken"]
    assert until(lambda: "Max Manager" in said(office.card()))


def test_forms_that_come_four_times_are_done_once(office: Office) -> None:
    people = office.slack.people
    four_times(office)

    def form(action: str, **fields: str) -> Callable[[], object]:
        def fill() -> None:
            assert office.click("sam", action, wait=5).modal
            for block_id, text in fields.items():
                people.type_into("sam", "modal", block_id, text)
            while people.modal("sam") and people.modal("sam").body.get("submit"):  # type: ignore[union-attr]
                assert not people.submit("sam", "modal").errors
            people.close_view("sam", "modal", all=True) if people.modal("sam") else None

        return fill

    assert grown(office, form("case_note", text="It is the tag."), what="view_submission") == [
        "noted",
        "entry",
    ]
    assert grown(office, form("case_reply", text="Try again."), what="view_submission") == [
        "answered",
        "entry",
    ]
    (answer,) = office.mails("ana@")
    assert "Try again." in words(answer)
    assert office.nothing("ana@")
    assert_each_once(office)


def test_a_form_that_comes_four_times_opens_one_case(office: Office) -> None:
    people = office.slack.people
    four_times(office)
    assert people.slash("ana", "general", "/case new Maestro API: 500", wait=5).modal
    people.type_into("ana", "modal", "text", "Since this morning.")
    assert people.submit("ana", "modal").errors == {}
    assert came(office, "view_submission")
    assert office.cases() == ["CS-000001", "CS-000002"]
    office.card(2)
    (told,) = until(lambda: office.messages(people.open_dm("ana").id))
    people.post("ana", told.channel, "It still fails.", thread_ts=told.ts)
    office.in_thread("It still fails.", 2)
    assert came(office, "message")
    office.settled()
    assert [entry.text for entry in office.case(2).entries] == ["Since this morning.", "It still fails."]
    assert_each_once(office)


def test_pressing_a_form_again_that_was_done_but_not_acked_does_nothing_twice(office: Office) -> None:
    people = office.slack.people
    assert office.click("sam", "case_note", wait=5).modal
    people.type_into("sam", "modal", "text", "It is the tag.")
    office.slack.workspace.faults.add("no_ack", times=1)
    assert not people.submit("sam", "modal").acked
    seen = people.submit("sam", "modal")
    assert "Nothing was done twice" in str(seen.modal)
    assert office.history().count("noted") == 1


def test_a_message_whose_ack_slack_did_not_hear_comes_again_and_is_said_once(office: Office) -> None:
    office.slack.workspace.faults.add("no_ack", times=2)
    office.slack.people.post("sam", "triage", "It is the tag.", thread_ts=office.card().ts)
    until(lambda: len(office.slack.workspace.transcript.deliveries("message", reason="http_timeout")) == 2)
    until(lambda: office.slack.workspace.transcript.deliveries("message", **{"try": 2, "acked": True}))
    assert office.history().count("noted") == 1


# Slack is slow, busy or away


def three_mails(office: Office) -> list[str]:
    told = ["It is Monday.", "It is Tuesday.", "It is Wednesday."]
    for text in told:
        office.send(ANA, DESK, "Re: [CS-000001] Deal", text)
        until(lambda text=text: office.case().entries[-1].text == text)
    return told


def in_order(office: Office, told: list[str]) -> bool:
    """They stand in the thread in the order in which they were said."""
    until(lambda: told[-1] in "".join(map(said, office.thread())))
    thread = "\n".join(map(said, office.thread()))
    return sorted(told, key=thread.find) == told and all(thread.count(text) == 1 for text in told)


@pytest.mark.parametrize("method", ["chat.postMessage", ""])
def test_while_slack_is_busy_the_outbox_waits_and_keeps_its_order(office: Office, method: str) -> None:
    office.slack.workspace.faults.add("ratelimited", method=method, times=3, retry_after=1)
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
    office.app.desk.retry()
    assert in_order(office, told)
    office.in_thread("Nothing works.", 2)
    assert_each_once(office)


def test_slack_that_is_slow_holds_up_no_mail(office: Office) -> None:
    office.slack.workspace.faults.add("slow", method="chat.postMessage", seconds=1.0, times=5)
    told = three_mails(office)
    office.send("Bea <bea@acme.example>", DESK, "Another", "Nothing works.")
    assert office.mails("bea@")
    assert in_order(office, told)
    assert_each_once(office)


@pytest.mark.parametrize("before", [0, 70])
def test_a_message_whose_answer_was_lost_is_not_posted_again(office: Office, before: int) -> None:
    """Also in a thread with more replies than Slack shows at once."""
    root = office.card().ts
    for number in range(before):
        office.slack.people.post("kim", "triage", f"chatter {number}", thread_ts=root)
    office.slack.workspace.faults.add("lost", method="chat.postMessage", times=1)
    office.send(ANA, DESK, "Re: [CS-000001] Deal", "It is Monday.")
    put_off = lambda: [row for row in office.ask(ListOutbox("waiting")) if "reached" in row.reason]  # noqa: E731
    until(put_off, 5)
    office.app.desk.retry()
    assert in_order(office, ["It is Monday."])
    assert_each_once(office)


def test_a_card_whose_answer_was_lost_is_not_posted_again(office: Office) -> None:
    office.slack.workspace.faults.add("lost", method="chat.postMessage", times=1)
    office.send("Bea <bea@acme.example>", DESK, "Another", "Nothing works.")
    put_off = lambda: [row for row in office.ask(ListOutbox("waiting")) if "reached" in row.reason]  # noqa: E731
    until(put_off, 5)
    office.app.desk.retry()
    office.in_thread("Nothing works.", 2)
    assert_each_once(office)


# the socket and the signature


@pytest.mark.parametrize("reset", [False, True])
def test_a_socket_that_is_cut_loses_nothing_that_is_said_meanwhile(tmp_path: Path, reset: bool) -> None:
    with Office(f"sqlite:///{tmp_path}/casebot.db", tmp_path) as office:
        opened(office)
        office.slack.workspace.app.retry_scale = 0.02
        root, told = office.card().ts, [f"word {number}." for number in range(12)]
        for number, text in enumerate(told):
            if number % 4 == 2:
                office.slack.cut(reset=reset)
            office.slack.people.post("sam", "triage", text, thread_ts=root)
            time.sleep(0.05)
        until(lambda: len(office.case().entries) == 13)
        office.settled()
        assert sorted(entry.text for entry in office.case().entries[1:]) == sorted(told)


def test_what_slack_did_not_sign_just_now_is_refused_and_not_kept(tmp_path: Path) -> None:
    with Office(f"sqlite:///{tmp_path}/casebot.db", tmp_path, mode="http") as office:
        opened(office)
        kept, root = len(office.inbox()), office.card().ts
        office.slack.workspace.app.retry_scale = 0.001
        for fault in ("forged", "stale"):
            office.slack.workspace.faults.add(fault)
            office.slack.people.post("sam", "triage", "!close resolved", thread_ts=root)
            assert not office.slack.people.slash("sam", "triage", "/case close CS-1 resolved").acked
            assert not office.click("sam", "case_take").acked
            refused = lambda: office.slack.workspace.transcript.deliveries("message", **{"try": 3})  # noqa: E731
            assert until(refused)
            assert not refused()[-1]["acked"]
            office.slack.workspace.faults.clear()
        office.settled()
        assert len(office.inbox()) == kept
        assert office.history() == ["opened"]


def test_a_house_that_starts_while_slack_is_away_connects_once_it_is_back(tmp_path: Path) -> None:
    office = Office(f"sqlite:///{tmp_path}/casebot.db", tmp_path)
    office.slack.workspace.faults.add("down")
    clear = threading.Timer(1.5, office.slack.workspace.faults.clear)
    clear.start()
    with office:
        office.send(ANA, DESK, "Deal ID 12333", "It stopped yesterday at noon.")
        assert office.mails("ana@")
        office.app.desk.retry()
        office.in_thread("stopped yesterday")
        assert_each_once(office)


# the store


def test_while_the_store_is_locked_nothing_is_acked_and_all_of_it_comes_again(
    office: Office, tmp_path: Path
) -> None:
    office.slack.workspace.app.retry_scale = 0.05
    root = office.card().ts
    lock = sqlite3.connect(tmp_path / "casebot.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    people = office.slack.people
    posted = people.post("sam", "triage", "It is the tag.", thread_ts=root)
    tries = lambda **facts: [  # noqa: E731
        d for d in office.slack.workspace.transcript.deliveries("message", **facts) if d["ts"] == posted.ts
    ]
    assert until(tries)
    assert not tries(acked=True)
    lock.execute("ROLLBACK")
    lock.close()
    assert until(lambda: tries(acked=True))
    until(lambda: "noted" in office.history())
    office.settled()
    assert office.history().count("noted") == 1
    assert len([line for line in office.ask(ListInbox()) if line.source == "slack"]) == 1
    assert os.path.exists(tmp_path / "casebot.db")
