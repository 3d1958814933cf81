"""However often Slack says something, it happens once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from rehearsal.slack.wire.wire import PATIENCE
from rehearsal.slack.workspace.conversation import Message
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.one_case import assert_each_once, history, one_case_in_mode
from tests.support.houses.slack_house import open_form

KEPT = ["kept as automatic", "entry"]


office = pytest.fixture(one_case_in_mode, params=["socket", "http"])


def four_times(office: Office) -> None:
    """Slack delivers everything four times in parallel from now on."""
    office.slack.workspace.faults.add("duplicate", copies=4)


@contextmanager
def unheard(office: Office) -> Iterator[None]:
    """Slack hears no ack, and waits half a second for one instead of three."""
    app, faults = office.slack.workspace.app, office.slack.workspace.faults
    app.patience = 0.5
    faults.add("no_ack")
    yield
    faults.clear()
    app.patience = PATIENCE


def came(office: Office, what: str) -> bool:
    """Did all four copies of the last one of these come, and was each acked?"""

    def last() -> bool:
        found = office.slack.workspace.transcript.deliveries(what, acked=True)
        return sum(each["id"] == found[-1]["id"] for each in found) == 4 if found else False

    return bool(until(last))


def grown(office: Office, act: Callable[[], object], *, what: str) -> list[str]:
    """What is new in the case's history, and how many of its entries, once all four copies had their chance."""
    before, entries = history(office), len(office.case().entries)
    act()
    assert came(office, what)
    until(lambda: history(office) != before)
    return [*history(office)[len(before) :], *["entry"] * (len(office.case().entries) - entries)]


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
    posted = post("No, the pixel.")()
    until(lambda: office.case().entries[-1].text == "No, the pixel.")
    assert (
        grown(office, lambda: people.edit("sam", "triage", posted.ts, "No, the DNS."), what="message") == KEPT
    )
    assert grown(office, lambda: people.delete("sam", "triage", posted.ts), what="message") == KEPT
    inside = [entry.visibility for entry in office.case().entries[-4:]]
    assert inside == ["internal"] * 4, "what is edited in the desk's thread stays at the desk"
    assert len(office.mails("ana@", count=3)) == 3, "an answer, that it was closed, that it was reopened"
    assert office.nothing("ana@")
    assert_each_once(office)


def test_slash_commands_that_come_four_times_do_it_once(office: Office) -> None:
    four_times(office)

    def type_(text: str) -> Callable[[], object]:
        return lambda: office.slack.people.slash("sam", "triage", text)

    assert grown(office, type_("/case note CS-000001 It is the tag."), what="/case") == ["noted", "entry"]
    assert grown(office, type_("/case reply CS-000001 Try again."), what="/case") == ["answered", "entry"]
    assert grown(office, type_("/case close CS-000001 resolved"), what="/case") == ["closed"]
    assert grown(office, type_("/case reopen CS-000001 It is back."), what="/case") == ["reopened", "entry"]
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
    open_form(people, "ana", "general", "/case new Maestro API: 500", text="Since this morning.")
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
    with unheard(office):
        assert not people.submit("sam", "modal").acked
    seen = people.submit("sam", "modal")
    assert "Nothing was done twice" in str(seen.modal)
    assert history(office).count("noted") == 1


def test_a_message_whose_ack_slack_did_not_hear_comes_again_and_is_said_once(office: Office) -> None:
    root, transcript = office.card().ts, office.slack.workspace.transcript
    with unheard(office):
        posted = office.slack.people.post("sam", "triage", "It is the tag.", thread_ts=root)
        tries = lambda **facts: transcript.deliveries("message", ts=posted.ts, **facts)  # noqa: E731
        assert until(lambda: len(tries(acked=False)) == 2)
    assert until(lambda: tries(acked=True))
    assert history(office).count("noted") == 1
