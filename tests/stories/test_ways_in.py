"""Stories of ways in: a direct message, a message's menu, an offered button, a channel where every word is a case."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.syntax import small_talk
from rehearsal.slack.people.seen import Seen
from rehearsal.slack.server import Server
from rehearsal.slack.workspace.conversation import Message
from tests.stories.test_signs import whispered
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.houses.slack_house import open_form, words_of
from tests.support.setup import databases
from tests.support.setup.fixtures import open_on_sqlite_in_each_mode

office = open_on_sqlite_in_each_mode(Office)


def opening(folder: Path, how: str, slack: Server | None = None) -> Office:
    """A house whose customers' channels open cases so."""
    return Office(databases.sqlite(folder), folder, more=f'opens = "{how}"\n', slack=slack)


def has_case(office: Office, number: int, text: str) -> None:
    office.card(number)
    assert text in "\n".join(entry.text for entry in office.case(number).entries)


def asked(office: Office, message: Message) -> Message:
    """What the app asks below a direct message."""
    (question,) = until(lambda: office.replies(message))
    return question


# direct messages


def test_a_direct_message_without_a_case_becomes_one_by_a_button(office: Office) -> None:
    people = office.slack.people
    talk = people.open_dm("ana").id
    log = people.upload("ana", "dump.log", b"a line\n")
    message = people.post("ana", talk, "Our deal 4711 stopped :cry:", files=[log])
    question = asked(office, message)
    assert "could not tell which case" in said(question)
    seen = people.click("ana", "case_open", channel=talk, ts=question.ts, wait=5)
    assert seen.modal, seen
    assert "Our deal 4711 stopped 😢" in str(seen.modal.body)
    assert not people.submit("ana", "modal").errors
    has_case(office, 1, "Our deal 4711 stopped 😢")
    assert until(
        lambda: [file.name for entry in office.case().entries for file in entry.files] == ["dump.log"]
    )
    people.click("ana", "case_open", channel=talk, ts=question.ts, wait=5)
    office.settled()
    assert office.cases() == ["CS-000001"], "one message is one case"


def test_a_direct_message_belongs_to_the_only_open_case(office: Office) -> None:
    people = office.slack.people
    case_by_form(office, "ana", "Deal ID 12333: no delivery")
    talk = people.open_dm("ana").id
    message = people.post("ana", talk, "It is *still* down.")
    office.in_thread("It is still down.")
    assert "was added to CS-000001" in said(asked(office, message))
    office.settled()
    people.post("ana", talk, "And now?", thread_ts=message.ts)
    office.in_thread("And now?")


def test_with_several_cases_the_app_asks_which_and_the_words_go_there(office: Office) -> None:
    people = office.slack.people
    case_by_form(office, "ana", "Deal ID 12333: no delivery")
    case_by_form(office, "ana", "Report 77 fails")
    talk = people.open_dm("ana").id
    message = people.post("ana", talk, "Any news?")
    question = asked(office, message)
    assert "Report 77 fails" in said(question)
    assert "Any news?" not in "".join(entry.text for entry in office.case(2).entries)
    people.click("ana", "case_put", channel=talk, ts=question.ts, block_id="put:0", wait=5)
    office.in_thread("Any news?", number=2)
    assert until(lambda: "It is being put on CS-000002." in question.text)
    office.settled()
    assert [entry.text for entry in office.case(1).entries] == ["Since this morning."]


def case_by_form(office: Office, user: str, subject: str, channel: str = "general") -> None:
    people, count = office.slack.people, len(office.cases())
    open_form(people, user, channel, f"/case new {subject}", text="Since this morning.")
    assert not people.submit(user, "modal").errors
    office.card(count + 1)
    office.settled()


# a message's menu


def test_a_case_is_made_of_a_message_and_its_thread_for_whoever_wrote_it(office: Office) -> None:
    people = office.slack.people
    log = people.upload("ana", "dump.log", b"a line\n")
    first = people.post("ana", "acme", "Deal 4711 is down :cry:", files=[log])
    people.post("eve", "acme", "Since nine.", thread_ts=first.ts)
    seen = people.message_shortcut("sam", "message_case", channel="acme", ts=first.ts, wait=5)
    assert seen.modal, seen
    step = people.submit("sam", "modal").modal
    told = words_of(step.body["blocks"])
    assert "It is Ana Acme's case: they are told its number." in told
    assert "We answer you here in Slack" not in told
    assert "Your colleagues see every case" in str(step.body)
    people.close_view("sam", "modal")
    has_case(office, 1, "Deal 4711 is down 😢")
    assert [part.address for part in office.case().participants] == ["t0home/u0ana"]
    assert until(lambda: "Since nine." in "".join(entry.text for entry in office.case().entries))
    assert until(
        lambda: [file.name for entry in office.case().entries for file in entry.files] == ["dump.log"]
    )
    assert until(lambda: [m for m in office.replies(first) if "CS-000001" in said(m)])
    seen = people.message_shortcut("sam", "message_case", channel="acme", ts=first.ts, wait=5)
    assert "CS-000001" in seen.text


def test_a_case_that_is_made_of_a_message_has_what_that_forwards(office: Office) -> None:
    people = office.slack.people
    original = people.post("noa", "general", "Deal 4711 is down since @kim left :cry:")
    first = people.post("ana", "acme", forward=original)
    people.message_shortcut("sam", "message_case", channel="acme", ts=first.ts, wait=5)
    assert not form(office, "sam", "Deal 4711 is down since @Kim").errors
    talk = people.open_dm("noa").id
    second = people.post("noa", talk, "What @kim says here:", forward=original)
    people.click("noa", "case_open", channel=talk, ts=asked(office, second).ts, wait=5)
    assert not form(office, "noa", "What @Kim Specialist says here:").errors
    for number, own in (1, ""), (2, "What @Kim Specialist says here:\n\n"):
        office.card(number)
        quoted = "> Deal 4711 is down since @Kim Specialist left 😢\n— Noa Nomail, https://"
        assert office.case(number).entries[0].text.startswith(f"{own}{quoted}")


def form(office: Office, user: str, subject: str) -> Seen:
    """The case's form, once its subject begins so; sent as it is."""
    people = office.slack.people

    def written() -> str:
        modal = people.modal(user)
        fields = modal.values() if modal else {}
        return str(fields["subject"]["subject"]["value"]) if "subject" in fields else ""

    assert until(lambda: written().startswith(subject)), written()
    return people.submit(user, "modal")


def test_a_message_that_its_form_is_too_small_for_is_on_the_case_in_full(office: Office) -> None:
    people = office.slack.people
    first = people.post("ana", "acme", "Deal 4711 is down.\n" + "It says no. " * 300 + "The end.")
    people.post("eve", "acme", "Since nine.", thread_ts=first.ts)
    people.message_shortcut("ana", "message_case", channel="acme", ts=first.ts, wait=5)
    assert not form(office, "ana", "Deal 4711 is down.").errors
    assert until(lambda: "The end.\n\nEve Acme:\nSince nine." in office.case().entries[-1].text)


def test_names_that_slack_is_slow_to_tell_hold_up_no_form(office: Office) -> None:
    people, workspace = office.slack.people, office.slack.workspace
    message = people.post("ana", "acme", "Ask @kim about deal 4711")
    workspace.faults.add("slow", method="users.info", seconds=4)
    seen = people.message_shortcut("sam", "message_case", channel="acme", ts=message.ts, wait=3)
    assert seen.modal, seen
    assert "Looking it up" in str(seen.modal.body)
    workspace.faults.clear()
    assert not form(office, "sam", "Ask @Kim Specialist about deal 4711").errors
    has_case(office, 1, "Ask @Kim Specialist about deal 4711")


def test_a_message_is_put_on_a_case_that_is_chosen(office: Office) -> None:
    people = office.slack.people
    case_by_form(office, "ana", "Deal ID 12333: no delivery")
    case_by_form(office, "noa", "Report 77 fails")
    word = people.post("ana", "general", "I saw it again at noon.")
    people.message_shortcut("sam", "message_add", channel="general", ts=word.ts, wait=5)
    offered = people.suggest("sam", "which_case", "12333", view="modal")
    assert [option["value"] for option in offered] == ["CS-000001"]
    people.choose("sam", "modal", "case", "CS-000001")
    assert not people.submit("sam", "modal").errors
    office.in_thread("I saw it again at noon.")
    assert office.case().entries[-1].author == "Ana Acme", "her own words stay hers"
    people.message_shortcut("noa", "message_add", channel="general", ts=word.ts, wait=5)
    people.suggest("noa", "which_case", "77", view="modal")
    with pytest.raises(ValueError, match="CS-000001"):
        people.choose("noa", "modal", "case", "CS-000001")


def test_a_note_is_sent_to_the_customer_by_its_menu_with_a_preview(office: Office) -> None:
    people = office.slack.people
    office.send("Ana <ana@acme.example>", "support@example.com", "Deal 4711", "It is down.")
    office.mails("ana@")
    card = office.card()
    office.settled()
    note = people.post("sam", "triage", "It is up again, ask @kim.", thread_ts=card.ts)
    until(lambda: "noted" in office.history())
    seen = people.message_shortcut("sam", "message_send", channel="triage", ts=note.ts, wait=5)
    assert seen.modal, seen
    assert until(lambda: "It is up again" in str(getattr(people.modal("sam"), "body", "")))
    seen = people.submit("sam", "modal", wait=5)
    assert "It is up again, ask @Kim Specialist." in str(seen.modal)
    people.submit("sam", "modal", wait=5)
    (answer,) = office.mails("ana@")
    assert "It is up again, ask @Kim Specialist." in words(answer)
    assert "U0KIM" not in words(answer)
    elsewhere = people.post("ana", "general", "Hello?")
    seen = people.message_shortcut("ana", "message_send", channel="general", ts=elsewhere.ts, wait=5)
    assert "support team's channel only" in seen.text


# people of another organisation


def test_people_of_another_organisation_are_offered_what_they_have(office: Office) -> None:
    people = office.slack.people
    message = people.post("eve", "acme", "@case hello, deal 5 is broken. Can you help?")
    assert people.message_shortcut("eve", "message_case", channel="acme", ts=message.ts).error == "restricted"
    question = whispered(office, "eve", "could not tell which case")
    assert "/case" not in said(question)
    seen = people.click("eve", "case_open", ephemeral=question.ts, wait=5)
    assert seen.modal is None
    has_case(office, 1, "hello, deal 5 is broken")
    assert [(part.address, part.role) for part in office.case().participants] == [
        ("t0acme/u0eve", "requester")
    ]
    assert until(lambda: office.replies(message)), "it goes on below her words"
    people.post("eve", "acme", "It is deal 5.", thread_ts=message.ts)
    office.in_thread("It is deal 5.")


def test_below_the_confirmation_and_the_answers_stand_buttons(office: Office) -> None:
    people = office.slack.people
    message = people.post("eve", "acme", "@case new Deal 5 is broken")
    confirmation = until(lambda: [m for m in office.messages("acme") if "CS-000001" in said(m)])[0]
    office.settled()
    seen = people.click("eve", "case_show", channel="acme", ts=confirmation.ts, wait=5)
    assert "Deal 5 is broken" in seen.text, seen
    people.post("sam", "triage", "!reply We have found it.", thread_ts=office.card().ts)
    below = until(lambda: [m for m in office.replies(confirmation) if "We have found it." in said(m)])
    seen = people.click("eve", "case_concern", channel="acme", ts=below[0].ts, wait=5)
    assert seen.modal
    people.close_view("eve", "modal")
    seen = people.click("eve", "case_close", channel="acme", ts=below[0].ts, wait=5)
    assert seen.modal
    people.choose("eve", "modal", "reason", "no_longer")
    people.submit("eve", "modal")
    assert until(lambda: office.case().line.state == "closed")
    assert message


# how a customer's channel opens cases


def test_where_every_message_is_a_case_what_one_writes_in_two_minutes_is_one(tmp_path: Path) -> None:
    with opening(tmp_path, "all") as office:
        people = office.slack.people
        people.post("ana", "acme", "Good morning all :wave:")
        first = people.post("ana", "acme", "Deal 4711 does not deliver.")
        has_case(office, 1, "Deal 4711 does not deliver.")
        assert until(lambda: [m for m in office.replies(first) if "CS-000001" in said(m)])
        second = people.post("ana", "acme", "It stopped at noon.")
        office.in_thread("It stopped at noon.")
        people.post("ana", "acme", "Thank you!")
        people.post("sam", "acme", "Morning, we had an outage at noon.")
        people.post("eve", "acme", "Below the second: the same here.", thread_ts=second.ts)
        people.post("eve", "acme", "Report 77 fails.")
        has_case(office, 2, "Report 77 fails.")
        office.settled()
        assert office.cases() == ["CS-000001", "CS-000002"]
        assert [entry.text for entry in office.case(1).entries][:2] == [
            "Deal 4711 does not deliver.",
            "It stopped at noon.",
        ]


TALK = (
    "ok", "lol", "+1", "got it, will check", "cc @sam", "Happy birthday @kim!", "Congrats!", "Alles klar, danke",
    "Ça marche", "vale, gracias", "va bene, grazie", "combinado, obrigado", "jasne, dzięki",
    "了解です", "承知しました。確認します",
)  # fmt: skip
REQUESTS = (
    "ok but the report is empty", "ok, support", "Same problem here", "+1 the page is down", "cc: invoice missing",
    "got it but the login fails", "no delivery", "Herzlichen Glückwunsch, nichts geht mehr", "no funciona",
    "了解ですがエラーが出ます", "Welcome page broken", "will check fail",
)  # fmt: skip


@pytest.mark.parametrize("text", REQUESTS)
def test_requests_that_begin_or_end_like_small_talk_are_requests(text: str) -> None:
    assert not small_talk.mere(text, ("Sam Specialist",))


def test_small_talk_is_answered_with_nothing(tmp_path: Path) -> None:
    with opening(tmp_path, "all") as office:
        people = office.slack.people
        for text in (
            "Hallo zusammen",
            "Merci beaucoup !",
            "ありがとうございます",
            "🎉",
            "@sam thanks!",
            "Привет",
            *TALK,
        ):
            people.post("ana", "acme", text)
        assert until(lambda: len(office.inbox()) == 6 + len(TALK))
        office.settled()
        assert office.cases() == []
        assert not [m for m in office.messages("acme") if m.bot_id]
        assert not office.slack.workspace.ephemerals


def test_where_a_case_is_offered_only_the_writer_sees_it_and_for_each_request(tmp_path: Path) -> None:
    with opening(tmp_path, "offer") as office:
        people, workspace = office.slack.people, office.slack.workspace
        message = people.post("ana", "acme", "Deal 4711 does not deliver.")
        offer = whispered(office, "ana", "Shall we look into this?")
        assert offer.thread_ts == "", "in a thread without replies nobody would see it"
        people.post("ana", "acme", "deal 4711 does  not deliver.")
        people.post("eve", "acme", "thanks")
        office.settled()
        assert len(workspace.ephemerals) == 1, "the same text is offered once in ten minutes"
        people.post("ana", "acme", "Report 77 fails.")
        assert until(lambda: len(workspace.ephemerals) == 2), "and a different request at once"
        people.click("ana", "case_open", ephemeral=offer.ts, wait=5)
        assert not people.submit("ana", "modal").errors
        has_case(office, 1, "Deal 4711 does not deliver.")
        assert until(lambda: [m for m in office.replies(message) if "CS-000001" in said(m)])


def test_by_command_alone_nobody_elses_talk_is_kept(tmp_path: Path) -> None:
    with opening(tmp_path, "command") as office:
        office.slack.people.post("ana", "acme", "Deal 4711 does not deliver.")
        office.settled()
        assert not office.inbox()


def test_what_was_said_while_the_house_was_off_opens_a_case_too(tmp_path: Path) -> None:
    with Server() as slack:
        slack.workspace.app.retry_scale = 0.002
        with opening(tmp_path, "all", slack) as office:
            slack.people.post("ana", "acme", "Deal 4711 does not deliver.")
            office.card()
            office.settled()
        words = slack.people.post("eve", "acme", "Report 77 fails.")
        slack.people.post("eve", "acme", "Since Monday noon.", thread_ts=words.ts)
        for _ in "back", "and again":
            with opening(tmp_path, "all", slack) as office:
                has_case(office, 2, "Report 77 fails.")
                assert until(lambda: "Since Monday noon." in [e.text for e in office.case(2).entries])
                office.settled()
                assert len(office.cases()) == 2


def test_a_reply_below_a_command_whose_file_is_still_awaited_is_on_its_case(office: Office) -> None:
    people = office.slack.people
    office.slack.workspace.faults.add("slow", method="files.info", seconds=4)
    log = people.upload("ana", "log.txt", b"a line\n")
    words = people.post("ana", "acme", "@Case new Deal ID 4711 does not deliver", files=[log])
    assert until(lambda: office.inbox("waiting"))
    people.post("ana", "acme", "And it began on Monday.", thread_ts=words.ts)
    office.card()
    assert until(lambda: "And it began on Monday." in [e.text for e in office.case().entries])
    office.settled()
    assert len(office.cases()) == 1


def test_a_form_for_a_message_that_became_a_case_meanwhile_names_that_case(office: Office) -> None:
    people = office.slack.people
    message = people.post("ana", "general", "Deal 4711 is down.")
    assert people.message_shortcut("ana", "message_case", channel="general", ts=message.ts, wait=5).modal
    people.react("ana", "general", message.ts, "ticket")
    office.card()
    office.settled()
    seen = form(office, "ana", "Deal 4711 is down.")
    assert "CS-000001" in str(seen.errors)
    assert office.cases() == ["CS-000001"]
