"""Stories of emoji: people put one on a message, and what it asks for is done, once and by whom it may be done."""

from __future__ import annotations

from typing import Any

from rehearsal.slack.workspace.conversation import Message
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said

ANA, DESK = "Ana <ana@acme.example>", "support@example.com"


def opened(office: Office) -> Message:
    """A case by mail; its card."""
    office.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped yesterday at noon.\n\nAna")
    office.mails("ana@")
    card = office.card()
    office.in_thread("stopped yesterday")
    office.settled()
    return card


def shown(office: Office, message: Message, emoji: str) -> Any:
    """Has the app put this emoji on the message?"""
    bot = office.slack.workspace.app.bot_user
    return until(lambda: bot in message.reactions.get(emoji, ()))


def whispered(office: Office, user: str, text: str) -> Message:
    """The words that this person alone was told, once they are there."""
    person = office.slack.workspace.user(user).id
    heard = until(
        lambda: [
            message
            for message in office.slack.workspace.ephemerals
            if message.ephemeral_to == person and text in said(message)
        ]
    )
    assert heard, [said(message) for message in office.slack.workspace.ephemerals]
    return heard[-1]


def test_eyes_take_the_case_and_taken_off_they_give_it_back(office: Office) -> None:
    card, people = opened(office), office.slack.people
    people.react("sam", "triage", card.ts, "eyes")
    assert until(lambda: office.case().line.owner == "Sam Specialist")
    assert shown(office, card, "eyes")
    people.unreact("sam", "triage", card.ts, "eyes")
    assert until(lambda: not office.case().line.owner)
    assert until(lambda: "eyes" not in card.reactions)
    people.react("sam", "triage", card.ts, "eyes")
    assert until(lambda: office.case().line.owner == "Sam Specialist"), "and once more"


def test_the_outbox_sends_ones_own_note_and_nobody_elses(office: Office) -> None:
    card, people = opened(office), office.slack.people
    note = people.post("sam", "triage", "We have *found* it :tada:", thread_ts=card.ts)
    until(lambda: "noted" in office.history())
    people.react("mia", "triage", note.ts, "outbox_tray")
    whispered(office, "mia", "Only whoever wrote a message")
    assert office.nothing("ana@")
    people.react("sam", "triage", note.ts, "outbox_tray")
    (answer,) = office.mails("ana@")
    assert "We have found it 🎉" in words(answer)
    assert shown(office, note, "outbox_tray")
    assert office.case().entries[-1].author == "Sam Specialist"


def test_solved_asks_before_it_closes(office: Office) -> None:
    card, people = opened(office), office.slack.people
    people.react("sam", "triage", card.ts, "white_check_mark")
    asked = whispered(office, "sam", "Is CS-000001 solved?")
    assert office.case().line.state != "resolved"
    seen = people.click("sam", "case_close", ephemeral=asked.ts, wait=5)
    assert seen.modal, seen
    people.choose("sam", "modal", "reason", "resolved")
    assert not people.submit("sam", "modal").errors
    assert until(lambda: office.case().line.state == "resolved")
    people.react("mia", "triage", card.ts, "repeat")
    assert until(lambda: office.case().line.state == "open")
    assert shown(office, card, "repeat")


def test_whoever_keeps_it_open_changes_nothing(office: Office) -> None:
    card, people = opened(office), office.slack.people
    people.react("sam", "triage", card.ts, "white_check_mark")
    asked = whispered(office, "sam", "Is CS-000001 solved?")
    people.click("sam", "case_leave", ephemeral=asked.ts, wait=5)
    assert until(lambda: "stays open" in asked.text)
    assert office.case().line.state == "new"


def test_a_ticket_makes_a_case_for_whoever_wrote_the_message(office: Office) -> None:
    people = office.slack.people
    asked = people.post("ana", "acme", "Our deal 4711 stopped :cry:")
    people.post("eve", "acme", "For us too.", thread_ts=asked.ts)
    people.react("sam", "acme", asked.ts, "ticket")
    assert office.card()
    case = office.case()
    assert [(part.address, part.role) for part in case.participants] == [("t0home/u0ana", "requester")]
    assert "Our deal 4711 stopped 😢" in case.entries[0].text
    assert "For us too." in case.entries[0].text
    assert until(lambda: [m for m in office.replies(asked) if "CS-000001" in said(m)]), "it lives below it"
    assert shown(office, asked, "ticket")
    people.post("eve", "acme", "Still nothing.", thread_ts=asked.ts)
    office.in_thread("Still nothing.")
    people.react("ana", "acme", asked.ts, "ticket")
    whispered(office, "ana", "CS-000001")
    assert office.cases() == ["CS-000001"]


def test_in_the_customers_thread_a_siren_calls_the_manager_and_a_lock_keeps_inside(office: Office) -> None:
    people = office.slack.people
    asked = people.post("ana", "acme", "Our deal 4711 stopped.")
    people.react("ana", "acme", asked.ts, "ticket")
    assert office.card()
    assert until(lambda: office.replies(asked))
    office.settled()
    aside = people.post("sam", "acme", "That is the tag again.", thread_ts=asked.ts)
    assert until(lambda: "answered" in office.history())
    people.react("ana", "acme", aside.ts, "lock")
    whispered(office, "ana", "Only the support team can do that")
    people.react("sam", "acme", aside.ts, "lock")
    assert until(lambda: office.case().entries[-1].visibility == "internal")
    told = said(whispered(office, "sam", "only the support team sees it from now on"))
    assert "It still stands in the customers' thread: whoever wrote it can delete it there, too." in told
    people.react("ana", "acme", asked.ts, "rotating_light")
    assert until(lambda: "concern raised" in office.history())
    assert shown(office, asked, "rotating_light")


def test_emoji_of_people_among_themselves_ask_for_nothing(office: Office) -> None:
    card, people = opened(office), office.slack.people
    chat = people.post("ana", "general", "Lunch?")
    people.react("sam", "general", chat.ts, "eyes")
    people.react("sam", "triage", card.ts, "tada")
    people.react("ana", "general", chat.ts, "white_check_mark")
    office.settled()
    assert not [line for line in office.inbox() if line.source == "slack"]
    assert not office.case().line.owner


def test_a_paperclip_keeps_the_file_of_another_app_once(office: Office) -> None:
    card, people = opened(office), office.slack.people
    office.slack.workspace.channel("triage").members.append("U0WEATHER")
    report = people.upload("weather", "report.csv", b"day;storms\n1;4\n", mimetype="text/csv")
    posted = people.post("weather", "triage", "Tonight's report", thread_ts=card.ts, files=[report])
    people.react("sam", "triage", posted.ts, "paperclip")
    assert until(lambda: [file.name for file in office.case().entries[-1].files] == ["report.csv"])
    assert office.case().entries[-1].visibility == "internal", "it stands in the desk's thread"
    assert shown(office, posted, "paperclip")
    people.react("mia", "triage", posted.ts, "paperclip")
    whispered(office, "mia", "These files are on CS-000001 already")
    assert [file.name for entry in office.case().entries for file in entry.files] == ["report.csv"]


def test_a_paperclip_on_words_alone_says_that_there_is_no_file(office: Office) -> None:
    card, people = opened(office), office.slack.people
    note = people.post("sam", "triage", "I look into the tag.", thread_ts=card.ts)
    until(lambda: "noted" in office.history())
    people.react("sam", "triage", note.ts, "paperclip")
    whispered(office, "sam", "There is no file in that message")


def test_what_an_emoji_on_a_card_without_replies_may_not_do_is_said_in_the_channel(office: Office) -> None:
    card, people = opened(office), office.slack.people
    assert not office.replies(card)
    people.react("sam", "triage", card.ts, "paperclip")
    assert not whispered(office, "sam", "There is no file in that message").thread_ts
