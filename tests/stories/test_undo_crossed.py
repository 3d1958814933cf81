"""Stories of what waits to be sent while somebody else does something: a colleague, or the customer."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.slack.workspace.conversation import Message
from tests.stories.test_changed_answers import BOB, kinds, leaves
from tests.stories.test_undo import ANA, DESK, LONG, SENT, UNDONE, WAITS, marked, opened, undo, whispered
from tests.support.houses.browser import case_link, get
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.setup.fixtures import open_on_each_database

office = open_on_each_database(Office, undo=LONG)


def below(office: Office, user: str, text: str) -> Message:
    """What somebody of the desk types below the card."""
    return office.slack.people.post(user, "triage", text, thread_ts=office.card().ts)


def test_undo_takes_back_ones_own_words_first_and_then_a_colleagues(office: Office) -> None:
    opened(office)
    own = below(office, "sam", "!reply Sam's words.")
    whispered(office, "sam", "in 30 seconds.")
    other = below(office, "mia", "!reply Mia's words.")
    whispered(office, "mia", "in 30 seconds.")
    below(office, "sam", "!undo")
    whispered(office, "sam", "Taken back: nothing was sent.")
    assert marked(office, own, UNDONE)
    assert marked(office, other, WAITS)
    below(office, "sam", "!undo")
    whispered(office, "sam", "Taken back: nothing of what Max Manager wrote was sent.")
    assert marked(office, other, UNDONE)
    assert "that Max Manager wrote" in said(office.in_thread("to be sent that"))
    assert office.nothing("ana@")


def test_a_saved_reply_waits_like_any_answer_and_is_changed_in_time(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = tmp_path / "replies"
    replies.mkdir()
    (replies / "paused.md").write_text("Hello {{ first_name }}, your seat was paused.")
    monkeypatch.setenv("CASEBOT_DESK__REPLIES_FOLDER", str(replies))
    with Office(url, tmp_path, undo=LONG) as office:
        opened(office)
        first = below(office, "sam", "!snippet paused")
        offer = whispered(office, "sam", "in 30 seconds.")
        assert marked(office, first, WAITS)
        undo(office, offer)
        assert marked(office, first, UNDONE)
        assert office.nothing("ana@")
        second = below(office, "sam", "!reply Not this.")
        assert marked(office, second, WAITS)
        office.slack.people.edit("sam", "triage", second.ts, "!snippet paused")
        assert "your new words are sent" in said(whispered(office, "sam", "In time:"))
        assert office.case().entries[-1].text == "Hello Ana, your seat was paused."


def test_files_that_an_emoji_sends_to_the_customer_wait_as_well(office: Office) -> None:
    opened(office)
    people = office.slack.people
    file = people.upload("sam", "other-customer.txt", b"not for Ana")
    note = people.post("sam", "triage", thread_ts=office.card().ts, files=[file])
    assert until(lambda: "noted" in office.history())
    people.react("sam", "triage", note.ts, "outbox_tray")
    undo(office, whispered(office, "sam", "in 30 seconds."))
    assert until(lambda: "taken back" in office.history())
    assert office.nothing("ana@")
    assert {entry.visibility for entry in office.case().entries[1:]} == {"internal"}


def test_a_customer_who_writes_before_she_is_told_of_the_closing_hears_nothing_of_it(office: Office) -> None:
    confirmation = opened(office)
    closing = below(office, "sam", "!close resolved")
    whispered(office, "sam", "in 30 seconds.")
    office.answer(confirmation, ANA, "It is still broken.")
    office.in_thread("It is still broken.")
    word = office.in_thread("that was taken back, and it stays open")
    assert "<@U0SAM>" in said(word)
    assert marked(office, closing, UNDONE)
    assert office.case().line.state == "new"
    assert "reopened" not in office.history()
    assert office.nothing("ana@")


def test_words_of_a_closing_are_told_at_once_to_a_customer_who_writes_meanwhile(
    url: str, mode: str, tmp_path: Path
) -> None:
    with Office(url, tmp_path, mode=mode, undo="10m") as office:
        confirmation = opened(office)
        closing = below(office, "sam", "!reply It was a filter.\n!close")
        whispered(office, "sam", "in 10 minutes.")
        office.answer(confirmation, ANA, "It is still broken.")
        answer, again = office.mails("ana@", count=2)
        assert "It was a filter." in words(answer)
        assert "opened CS-000001 again" in words(again), "in the order in which it came about"
        assert marked(office, closing, SENT)
        assert office.case().line.state == "open"
        assert office.nothing("ana@")


def test_a_customer_who_asks_for_another_priority_before_she_is_told_of_the_closing_keeps_her_case_open(
    office: Office,
) -> None:
    confirmation = opened(office)
    closing = below(office, "sam", "!close resolved")
    whispered(office, "sam", "in 30 seconds.")
    office.answer(confirmation, ANA, "#priority Critical: Nothing is delivered at all.")
    assert marked(office, closing, UNDONE)
    assert office.case().line.state == "new"
    assert "reopened" not in office.history()
    word = office.in_thread("that was taken back, and it stays open")
    assert "no customer has it" not in said(word), "nothing was written with it"


def test_a_reply_of_a_screenshot_alone_sends_it_and_can_be_taken_back(office: Office) -> None:
    opened(office)
    people = office.slack.people
    picture = people.upload("sam", "shot.png", b"\x89PNG\r\n", mimetype="image/png")
    sent = people.post("sam", "triage", "!reply", thread_ts=office.card().ts, files=[picture])
    offer = whispered(office, "sam", "A file on CS-000001, on the way to Ana Acme.")
    assert marked(office, sent, WAITS)
    assert [file.name for file in office.case().entries[-1].files] == ["shot.png"]
    undo(office, offer)
    assert marked(office, sent, UNDONE)
    assert office.nothing("ana@")
    below(office, "sam", "!reply")
    whispered(office, "sam", "There is no text to send: reply text")


def test_a_customer_who_writes_in_time_takes_nothing_back_from_the_customer_of_another_case(
    office: Office,
) -> None:
    opened(office)
    office.send(BOB, DESK, "Deal 2", "It stopped yesterday at noon.")
    (confirmation,) = office.mails("bob@")
    below(office, "sam", "!reply CS-000001 Here is the fix.\n!close CS-000002 resolved")
    whispered(office, "sam", "in 30 seconds.")
    office.answer(confirmation, BOB, "It is still broken.")
    office.in_thread("that was taken back, and it stays open", 2)
    assert office.case(2).line.state == "new"
    assert office.case(1).line.owner == "Sam Specialist"
    assert kinds(office, "Here is the fix.") == [("public", "said")]
    assert kinds(office, "It is still broken.", 2) == [("public", "said")]
    mails = sorted((row.id, row.case) for row in office.inbox() if row.source == "email")
    assert [number for _, number in mails] == ["CS-000001", "CS-000002", "CS-000002"]
    leaves(office)
    assert "Here is the fix." in words(office.mails("ana@")[0])


def opened_there(office: Office) -> tuple[Message, Message]:
    """Ana opens a case in her channel, and Ben reads it by mail: her message, and where its thread begins."""
    people = office.slack.people
    asked = people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    home = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])[0]
    below(office, "sam", "!add ben@acme.example")
    office.mails("ben@")
    return asked, home


def test_what_a_customer_has_read_in_the_thread_is_not_taken_back_with_the_closing(office: Office) -> None:
    _, home = opened_there(office)
    people = office.slack.people
    source = people.post("sam", "acme", "Restarted it, please try.\n!close", thread_ts=home.ts)
    assert marked(office, source, WAITS)
    people.post("ana", "acme", "Works, but where is the report?", thread_ts=home.ts)
    office.in_thread("Works, but where is the report?")
    assert office.case().line.state == "open"
    assert kinds(office, "Restarted it, please try.") == [("public", "said")]
    leaves(office)
    answer, more = office.mails("ben@", count=2)
    assert "Restarted it, please try." in words(answer)
    assert "where is the report?" in words(more)
    assert "reopened" in office.history()


def test_a_bare_closing_in_the_customers_thread_is_taken_back_when_she_writes(office: Office) -> None:
    people = office.slack.people
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    home = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])[0]
    first = people.post("sam", "acme", "Restarted it, please try.", thread_ts=home.ts)
    office.in_thread("Restarted it, please try.")
    closing = people.post("sam", "acme", "!close", thread_ts=home.ts)
    assert marked(office, closing, WAITS)
    people.post("ana", "acme", "Not yet.", thread_ts=home.ts)
    office.in_thread("that was taken back, and it stays open")
    assert "reopened" not in office.history()
    assert kinds(office, first.text) == [("public", "said")]
    leaves(office)
    assert not [reply for reply in office.replies(home) if "closed" in said(reply)]


def test_a_lock_on_words_that_wait_in_the_customers_thread_says_that_they_stand_there(office: Office) -> None:
    _, home = opened_there(office)
    people = office.slack.people
    source = people.post("sam", "acme", "Their discount is 40 %.", thread_ts=home.ts)
    assert marked(office, source, WAITS)
    people.react("sam", "acme", source.ts, "lock")
    told = said(whispered(office, "sam", "Taken back: nothing was sent."))
    assert "It still stands in the customers' thread: whoever wrote it can delete it there, too." in told
    assert "no customer has it, but it stands in their own thread" in said(office.in_thread("took back"))
    leaves(office)
    assert office.nothing("ben@")


def test_an_answer_that_is_changed_into_its_screenshot_alone_sends_that(office: Office) -> None:
    opened(office)
    people = office.slack.people
    picture = people.upload("sam", "shot.png", b"\x89PNG\r\n", mimetype="image/png")
    source = people.post("sam", "triage", "!reply See picture", thread_ts=office.card().ts, files=[picture])
    assert marked(office, source, WAITS)
    people.edit("sam", "triage", source.ts, "!reply")
    whispered(office, "sam", "In time: your new words are sent instead")
    leaves(office)
    (answer,) = office.mails("ana@")
    assert "See picture" not in words(answer)
    assert [part.get_filename() for part in answer.iter_attachments()] == ["shot.png"]


def test_words_below_the_message_that_opened_the_case_are_changed_in_time(office: Office) -> None:
    asked, _ = opened_there(office)
    people = office.slack.people
    source = people.post("sam", "acme", "It is the tga.", thread_ts=asked.ts)
    assert marked(office, source, WAITS)
    people.edit("sam", "acme", source.ts, "It is the tag.")
    whispered(office, "sam", "In time: your new words are sent instead")
    people.edit("sam", "acme", source.ts, "It is the new tag.")
    assert until(lambda: kinds(office, "It is the new tag.") == [("public", "said")])
    leaves(office)
    (answer,) = office.mails("ben@")
    assert "It is the new tag." in words(answer)
    assert office.nothing("ben@")


def test_a_customer_who_opens_her_case_again_while_an_answer_waits_sees_it_open(office: Office) -> None:
    confirmation = opened(office)
    office.answer(confirmation, ANA, "#close")
    (closed,) = office.mails("ana@")
    source = below(office, "sam", "!reply One thing more: restart it.")
    assert marked(office, source, WAITS)
    office.answer(closed, ANA, "It is broken again.")
    (again,) = office.mails("ana@")
    page = get(case_link(again))
    assert {"reply", "close"} <= page.forms.keys(), page.words
    assert "restart it" not in page.words
    office.answer(closed, ANA, "#my")
    (listed,) = office.mails("ana@")
    assert "losed" not in words(listed), words(listed)


def test_a_customer_who_writes_before_she_is_told_of_the_reopening_keeps_the_case_open(
    office: Office,
) -> None:
    confirmation = opened(office)
    office.answer(confirmation, ANA, "#close")
    (closed,) = office.mails("ana@")
    answer = below(office, "sam", "!reply We found it.")
    assert marked(office, answer, WAITS)
    again = below(office, "sam", "!reopen")
    assert marked(office, again, WAITS)
    page = get(case_link(closed))
    assert "reopen" in page.forms
    page.send("reopen", text="It is broken again.")
    found, open_again = office.mails("ana@", count=2)
    assert "We found it." in words(found), "what waited before it is told before it"
    assert "opened CS-000001 again" in words(open_again)
    assert kinds(office, "It is broken again.") == [("public", "said")]
    below(office, "sam", "!undo")
    whispered(office, "sam", "Too late")
    assert office.case().line.state == "open"
    assert {"reply", "close"} <= get(case_link(closed)).forms.keys()
