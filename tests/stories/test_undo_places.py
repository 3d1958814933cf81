"""Stories of where [Undo] stands: whatever an answer is sent with, its writer has it before their eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rehearsal.slack.people.people import People
from rehearsal.slack.workspace.conversation import Message
from tests.stories.test_undo import LONG, WAITS, marked, only_action, opened, undo, whispered
from tests.support.houses.house import until
from tests.support.houses.office import Office, said
from tests.support.houses.slack_house import words_of

WRONG = "This is for somebody else."


@pytest.fixture
def office(url: str, mode: str, tmp_path: Path) -> Iterator[Office]:
    with Office(url, tmp_path, mode=mode, undo=LONG) as standing:
        standing.slack.workspace.add_channel("quiet", id="C0QUIET", members=["sam"])  # without the app
        yield standing


def form(people: People) -> str:
    """The words of the view on top of Sam's screen."""
    view = people.modal("sam")
    return f"{view.body['title']['text']} {words_of(view.body['blocks'])}" if view else ""


def sent_by_form(people: People) -> None:
    """Sam writes into the form for an answer, looks at the preview, and sends it."""
    assert until(lambda: "Your answer to the customer" in form(people)), form(people)
    people.type_into("sam", "modal", "text", WRONG)
    people.submit("sam", "modal", wait=5)
    assert "Send this?" in form(people)
    seen = people.submit("sam", "modal", wait=5)
    assert not seen.error, seen


def undone_in_the_form(office: Office) -> None:
    """Sam finds [Undo] in place of the preview, presses it, and closes what is left."""
    people = office.slack.people
    assert "in 30 seconds." in form(people)
    view = people.modal("sam")
    assert view
    people.click("sam", only_action(view.body["blocks"]), view="modal", wait=5)
    assert until(lambda: "Taken back: nothing was sent." in form(people)), form(people)
    people.close_view("sam", "modal")
    assert not people.modal("sam"), "the form that was sent is not asked for once more"
    assert_taken_back(office)


def assert_taken_back(office: Office) -> None:
    assert until(lambda: "taken back" in office.history())
    assert office.nothing("ana@")
    assert office.case().entries[-1].visibility == "internal"


def shown_in_form(people: People, *, view: str) -> None:
    """Sam opens the case from a list that stands in this view."""
    people.click("sam", "case_show", view=view, wait=5)
    assert until(lambda: "Handled by" in form(people)), form(people)
    people.click("sam", "case_reply", view="modal", wait=5)


def from_the_home(office: Office) -> None:
    people = office.slack.people
    people.open_home("sam", wait=5)
    assert until(lambda: "CS-000001" in words_of(people.home("sam").body["blocks"]))
    shown_in_form(people, view="home")


def from_a_case_that_was_shown(office: Office) -> None:
    people = office.slack.people
    people.slash("sam", "quiet", "/case show CS-000001", wait=5)
    people.click("sam", "case_reply", ephemeral=whispered(office, "sam", "Deal ID 12333").ts, wait=5)


def from_a_command_without_words(office: Office) -> None:
    office.slack.people.slash("sam", "quiet", "/case reply CS-000001", wait=5)


@pytest.mark.parametrize(
    "open_form",
    [from_the_home, from_a_case_that_was_shown, from_a_command_without_words],
)
def test_where_the_app_cannot_whisper_undo_stands_in_place_of_the_form(
    office: Office, open_form: Callable[[Office], None]
) -> None:
    opened(office)
    office.card()
    open_form(office)
    sent_by_form(office.slack.people)
    undone_in_the_form(office)


def test_a_case_that_is_answered_from_the_form_that_opened_it_is_previewed_and_can_be_taken_back(
    office: Office,
) -> None:
    people = office.slack.people
    asked = people.post("ana", "acme", "Our deal 4711 stopped.")
    people.message_shortcut("sam", "message_case", channel="acme", ts=asked.ts, wait=5)
    people.submit("sam", "modal", wait=5)
    assert until(lambda: "CS-000001" in form(people)), form(people)
    shown_in_form(people, view="modal")
    sent_by_form(people)
    undone_in_the_form(office)
    assert not [reply for reply in office.replies(asked) if WRONG in said(reply)]


def test_at_a_card_without_replies_undo_stands_in_the_channel(office: Office) -> None:
    opened(office)
    card = office.card()
    office.settled()
    assert not office.replies(card)
    office.click("sam", "case_reply", wait=5)
    sent_by_form(office.slack.people)
    offer = whispered(office, "sam", "in 30 seconds.")
    assert not office.slack.people.modal("sam")
    undo(office, offer)
    assert_taken_back(office)


def test_below_a_card_with_replies_undo_stands_in_its_thread(office: Office) -> None:
    opened(office)
    note = noted(office)
    office.click("sam", "case_reply", wait=5)
    sent_by_form(office.slack.people)
    offer = whispered(office, "sam", "in 30 seconds.")
    assert offer.thread_ts == note.thread_ts
    undo(office, offer)
    assert_taken_back(office)


def noted(office: Office) -> Message:
    """Sam's note below the card."""
    note = office.slack.people.post("sam", "triage", WRONG, thread_ts=office.card().ts)
    assert until(lambda: "noted" in office.history())
    return note


def test_a_note_that_is_sent_from_its_menu_can_be_taken_back_in_its_thread(office: Office) -> None:
    opened(office)
    note, people = noted(office), office.slack.people
    people.message_shortcut("sam", "message_send", channel="triage", ts=note.ts, wait=5)
    people.submit("sam", "modal", wait=5)
    people.submit("sam", "modal", wait=5)
    offer = whispered(office, "sam", "in 30 seconds.")
    assert offer.thread_ts == note.thread_ts
    undo(office, offer)
    assert_taken_back(office)


def test_a_note_that_is_sent_by_an_emoji_can_be_taken_back_in_its_thread(office: Office) -> None:
    opened(office)
    note = noted(office)
    office.slack.people.react("sam", "triage", note.ts, "outbox_tray")
    offer = whispered(office, "sam", "in 30 seconds.")
    assert offer.thread_ts == note.thread_ts
    undo(office, offer)
    assert_taken_back(office)


def test_an_answer_that_mentions_the_app_in_a_channel_can_be_taken_back_there(office: Office) -> None:
    opened(office)
    office.slack.people.post("sam", "general", f"@Case reply CS-000001 {WRONG}")
    undo(office, whispered(office, "sam", "in 30 seconds."))
    assert_taken_back(office)


def test_an_answer_of_a_command_can_be_taken_back_where_it_was_typed(office: Office) -> None:
    opened(office)
    office.slack.people.slash("sam", "quiet", f"/case reply CS-000001 {WRONG}", wait=5)
    undo(office, whispered(office, "sam", "in 30 seconds."))
    assert_taken_back(office)


def test_a_first_reply_below_the_card_that_closes_the_case_can_be_taken_back_there(office: Office) -> None:
    opened(office)
    card = office.card()
    source = office.slack.people.post("sam", "triage", f"!reply {WRONG}\n!close", thread_ts=card.ts)
    offer = whispered(office, "sam", "in 30 seconds.")
    assert offer.thread_ts == card.ts
    assert marked(office, source, WAITS)
    undo(office, offer)
    assert_taken_back(office)


def test_a_case_closed_from_the_home_is_open_again_by_the_button_in_the_form(office: Office) -> None:
    opened(office)
    people = office.slack.people
    people.open_home("sam", wait=5)
    assert until(lambda: "CS-000001" in words_of(people.home("sam").body["blocks"]))
    people.click("sam", "case_show", view="home", wait=5)
    assert until(lambda: "Handled by" in form(people)), form(people)
    people.click("sam", "case_close", view="modal", wait=5)
    people.choose("sam", "modal", "reason", "resolved")
    people.type_into("sam", "modal", "text", WRONG)
    people.submit("sam", "modal", wait=5)
    view = people.modal("sam")
    assert view
    (action,) = [e["action_id"] for b in view.body["blocks"] if b["type"] == "actions" for e in b["elements"]]
    people.click("sam", action, view="modal", wait=5)
    assert until(lambda: office.case().line.state == "new")
    assert office.nothing("ana@")


def test_undo_stands_in_the_thread_while_slack_answers_no_lookup(office: Office) -> None:
    opened(office)
    card, faults = office.card(), office.slack.workspace.faults
    faults.add("ratelimited", method="conversations.replies", retry_after=1)
    office.slack.people.post("sam", "triage", f"!reply {WRONG}", thread_ts=card.ts)
    offer = whispered(office, "sam", "in 30 seconds.")
    faults.clear()
    assert offer.thread_ts == card.ts
    undo(office, offer)
    assert_taken_back(office)


def test_whoever_has_left_the_channel_meanwhile_finds_undo_in_direct_messages(office: Office) -> None:
    opened(office)
    office.card()
    office.click("sam", "case_reply", wait=5)
    office.slack.workspace.channel("triage").members.remove("U0SAM")
    sent_by_form(office.slack.people)
    people, home = office.slack.people, office.slack.people.open_dm("sam").id
    assert until(lambda: [m for m in office.messages(home) if "in 30 seconds." in said(m)])
    (offer,) = [message for message in office.messages(home) if "in 30 seconds." in said(message)]
    (action,) = [e["action_id"] for b in offer.blocks if b["type"] == "actions" for e in b["elements"]]
    people.click("sam", action, channel=home, ts=offer.ts, wait=5)
    assert_taken_back(office)
