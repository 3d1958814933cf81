"""Somebody whom Slack lets the app not write to directly, as many people of connected organisations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.queries.lists import ListOutbox
from rehearsal.slack.workspace.conversation import Message
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.setup import databases

CODES = (
    "cannot_dm_bot", "user_not_found", "not_allowed", "method_not_supported_for_channel_type",
    "channel_not_found", "user_not_visible", "invalid_user_combination", "no_permission", "messages_tab_disabled",
)  # fmt: skip
NUMBER = "CS-000001"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(databases.sqlite(tmp_path), tmp_path) as standing:
        workspace = standing.slack.workspace
        workspace.add_user("fay", id="U0FAY", team="T0ACME", real_name="Fay Acme")
        workspace.add_channel("joint", id="C0JOINT", members=["@app", "sam", "eve", "fay"])
        standing.slack.people.admin.forbid_direct("eve", "cannot_dm_bot")
        yield standing


def whispers(office: Office, words: str, user: str = "U0EVE", channel: str = "C0JOINT") -> list[Message]:
    """What was shown to somebody alone, in a channel."""
    with office.slack.workspace.lock:
        shown = [m for m in office.slack.workspace.ephemerals if m.ephemeral_to == user]
    return [m for m in shown if words in said(m) and m.channel == channel]


def in_public(office: Office, channel: str) -> str:
    """All that the app says to everybody in a channel and its threads."""
    with office.slack.workspace.lock:
        posted = [m for m in office.slack.workspace.channel(channel).messages.values() if m.bot_id]
    return "\n".join(map(said, posted))


def a_case_of_eve(office: Office) -> Message:
    """In a channel that is nobody's own."""
    asked = office.slack.people.post("eve", "joint", "@Case new Deal ID 12345: no delivery")
    office.card()
    return asked


@pytest.mark.parametrize("code", CODES)
def test_the_confirmation_is_shown_where_they_asked_and_to_them_alone(office: Office, code: str) -> None:
    office.slack.people.admin.forbid_direct("eve", code)
    a_case_of_eve(office)
    (told,) = until(lambda: whispers(office, f"`reply {NUMBER} …`"))
    assert "A specialist will read it and answer you" in said(told)
    assert "just write in this thread" not in said(told), "nothing of theirs stands there to write below"
    assert NUMBER not in in_public(office, "joint")
    office.settled()
    assert not office.ask(ListOutbox("dead"))
    assert "only in passing" in said(office.in_thread("Eve Acme takes no direct messages"))


def test_the_answer_is_shown_where_they_asked_and_answered_there(office: Office) -> None:
    asked = a_case_of_eve(office)
    people = office.slack.people
    people.post("sam", "triage", "!reply It was the filter.", thread_ts=office.card().ts)
    assert until(lambda: whispers(office, "It was the filter."))
    assert "It was the filter." not in in_public(office, "joint")
    people.post("eve", "joint", f"@Case reply {NUMBER} It works again.", thread_ts=asked.ts)
    office.in_thread("It works again.")
    assert until(lambda: office.history().count("shown in passing") == 2), "the confirmation, and the answer"


def test_the_desk_hears_of_each_answer_that_was_shown_in_passing_and_of_its_files(tmp_path: Path) -> None:
    with Office(databases.sqlite(tmp_path), tmp_path, undo="1s") as office:
        people = office.slack.people
        people.admin.forbid_direct("eve", "cannot_dm_bot")
        office.slack.workspace.add_channel("joint", id="C0JOINT", members=["@app", "sam", "eve"])
        a_case_of_eve(office)
        office.in_thread("Eve Acme takes no direct messages")
        office.pass_time(days=3)
        file = people.upload("sam", "fix.zip", b"bytes" * 100)
        sent = people.post("sam", "triage", "!reply See attached.", thread_ts=office.card().ts, files=[file])
        assert until(lambda: whispers(office, "See attached."))
        told = said(office.in_thread("(The answer)"))
        assert "only in passing" in told
        assert "fix.zip" in told
        assert until(lambda: "warning" in sent.reactions), "not that everybody has it"
        assert until(lambda: "envelope" not in sent.reactions)


def test_the_answer_is_shown_where_they_last_wrote_of_the_case(office: Office) -> None:
    a_case_of_eve(office)
    people = office.slack.people
    office.slack.workspace.add_channel("later", id="C0LATER", members=["@app", "eve", "fay"])
    people.post("eve", "later", f"@Case reply {NUMBER} It is back.")
    office.in_thread("It is back.")
    people.post("sam", "triage", "!reply It was the filter.", thread_ts=office.card().ts)
    assert until(lambda: whispers(office, "It was the filter.", channel="C0LATER"))
    assert not whispers(office, "It was the filter.")
    assert "It was the filter." not in in_public(office, "later")


def test_each_customer_who_is_shown_things_in_passing_is_named_to_the_desk(office: Office) -> None:
    a_case_of_eve(office)
    people = office.slack.people
    people.admin.forbid_direct("fay", "cannot_dm_bot")
    people.slash("sam", "triage", f"/case add {NUMBER} @fay", wait=3)
    office.settled()
    people.post("fay", "joint", f"@Case reply {NUMBER} It hits us all.")
    office.in_thread("It hits us all.")
    office.in_thread("Eve Acme takes no direct messages")
    people.post("sam", "triage", "!reply It was the filter.", thread_ts=office.card().ts)
    assert until(lambda: whispers(office, "It was the filter.", user="U0FAY"))
    office.in_thread("Fay Acme takes no direct messages")


def test_who_reads_a_case_in_its_thread_reads_it_there_wherever_they_speak_of_it(office: Office) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    (told,) = until(lambda: [m for m in office.messages("acme") if NUMBER in said(m)])
    people.post("eve", "acme", "It hits us all.", thread_ts=told.ts)
    office.in_thread("It hits us all.")
    people.post("eve", "joint", f"@Case reply {NUMBER} It is back.")
    office.in_thread("It is back.")
    people.post("sam", "triage", "!reply It was the filter.", thread_ts=office.card().ts)
    assert until(lambda: [m for m in office.replies(told) if "It was the filter." in said(m)])
    office.settled()
    assert not whispers(office, "It was the filter.")


def test_what_is_for_one_alone_is_not_said_in_the_channel_of_their_account(office: Office) -> None:
    people = office.slack.people
    people.post("eve", "acme", "@Case new Deal ID 12345: no delivery")
    office.card()
    (told,) = until(lambda: [m for m in office.messages("acme") if NUMBER in said(m)])
    people.post("eve", "acme", "!close works again", thread_ts=told.ts)
    until(lambda: office.case().line.state == "closed")
    office.pass_time(days=30)
    assert until(lambda: whispers(office, "/survey/", channel="C0ACME"))
    assert "/survey/" not in in_public(office, "acme")


def answered_in_the_channel_of_two(office: Office, error: str) -> None:
    """Eve and Ana read a case in their channel, which refuses the answer."""
    people = office.slack.people
    people.post("eve", "acme", "@Case new Deal ID 12345: no delivery")
    (told,) = until(lambda: [m for m in office.messages("acme") if NUMBER in said(m)])
    people.post("ana", "acme", "It hits us all.", thread_ts=told.ts)
    office.in_thread("It hits us all.")
    office.settled()
    office.slack.workspace.faults.add("error", method="chat.postMessage", error=error)
    people.post("sam", "triage", "!reply It was the filter.", thread_ts=office.card().ts)
    answers = until(lambda: [line for line in office.ask(ListOutbox()) if line.notice == "answer"])
    assert answers
    assert until(lambda: not [line for line in office.ask(ListOutbox("along")) if line.notice == "answer"]), (
        "Ana is not left with what Eve was told"
    )
    office.slack.workspace.faults.clear()


def test_what_a_channel_refuses_is_no_refusal_of_direct_messages(office: Office) -> None:
    answered_in_the_channel_of_two(office, "no_permission")
    assert "no_permission" in said(office.in_thread("could not be delivered to Eve Acme"))
    office.settled()
    assert not whispers(office, "It was the filter.", channel="C0ACME")
    assert "shown in passing" not in office.history()


def test_where_the_channel_and_direct_messages_are_refused_all_are_told_apart(office: Office) -> None:
    answered_in_the_channel_of_two(office, "restricted_action")
    assert until(lambda: whispers(office, "It was the filter.", channel="C0ACME"))
    assert "restricted_action" in said(office.in_thread("does not take what we say"))
    office.in_thread("Eve Acme takes no direct messages")


def test_a_colleague_who_is_added_in_their_channel_is_told_there(office: Office) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    (told,) = until(lambda: [m for m in office.messages("acme") if NUMBER in said(m)])
    office.settled()
    people.slash("sam", "triage", f"/case add {NUMBER} @eve", wait=3)
    assert until(lambda: whispers(office, NUMBER, channel="C0ACME"))
    assert told


def test_a_mail_address_that_is_known_gets_what_slack_does_not_take(office: Office) -> None:
    office.send("Eve <eve@acme.example>", "support@example.com", "Invoice", "It is too high.")
    office.card(1)
    office.mails("eve@")
    people = office.slack.people
    people.post("eve", "joint", "@Case new Deal ID 12345: no delivery")
    card = office.card(2)
    office.settled()
    joined = people.slash("sam", "triage", "/case join eve@acme.example @eve", wait=3)
    assert "are one person now" in joined.text
    file = people.upload("sam", "fix.zip", b"bytes" * 100)
    people.post("sam", "triage", "!reply It was the filter.", thread_ts=card.ts, files=[file])
    (mail,) = office.mails("eve@")
    assert "It was the filter." in words(mail)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["fix.zip"]
    office.answer(mail, "eve@acme.example", "It works again.")
    office.in_thread("It works again.", 2)
    people.post("sam", "triage", "!reply Glad to hear it.", thread_ts=card.ts)
    (mail,) = office.mails("eve@")
    assert "Glad to hear it." in words(mail)
    assert office.nothing("eve@"), "nothing comes twice"
    assert not whispers(office, "It was the filter.")
    assert not [m for m in office.thread(2) if "could not be delivered" in said(m)]
    assert "answer" not in {line.notice for line in office.ask(ListOutbox("dead"))}


def test_where_nothing_is_possible_the_desk_is_told_and_nothing_is_tried_for_ever(office: Office) -> None:
    a_case_of_eve(office)
    office.settled()
    people = office.slack.people
    people.admin.kick("joint", "eve")
    people.post("sam", "triage", "!reply It was the filter.", thread_ts=office.card().ts)
    told = said(office.in_thread("The answer could not be delivered to Eve Acme"))
    assert "cannot_dm_bot" in told
    office.settled()
    assert not office.ask(ListOutbox("waiting"))


def test_whose_message_the_desk_makes_a_case_of_is_shown_it_below_their_words(office: Office) -> None:
    people = office.slack.people
    asked = people.post("eve", "joint", "Reports are down again")
    people.react("sam", "joint", asked.ts, "ticket")
    assert until(lambda: whispers(office, f"`reply {NUMBER} …`"))
    assert "in Slack" in said(office.card()), "and not by mail"
    office.settled()
    assert not office.ask(ListOutbox("dead"))
