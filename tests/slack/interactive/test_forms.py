"""Forms and buttons in a rehearsal workspace: what people fill in, send, correct and send twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from channels.slack.interactive.submission import Wrong, international_number
from rehearsal.slack.workspace.conversation import Message
from tests.slack.interactive.test_slash_command import held
from tests.support.houses.house import until
from tests.support.houses.slack_house import SlackHouse, open_form, standing, words_of


def shown(seen: Any) -> str:
    assert seen.acked, seen
    assert not seen.error, seen
    return words_of(seen.modal.body["blocks"]) if seen.modal else ""


def card(slack: SlackHouse, number: int = 1) -> Message:
    def find() -> Message | None:
        messages = list(slack.workspace.channel("C0TRIAGE").messages.values())
        return next(
            (m for m in messages if any(f"{b['block_id']}:".startswith(f"case:{number}:") for b in m.blocks)),
            None,
        )

    found: Message | None = until(find)
    assert found, "no card"
    return found


def standing_with_case(tmp_path: Path) -> Iterator[SlackHouse]:
    """Open a desk with one case, whose card is posted."""
    with standing(tmp_path) as house:
        house.open_case()
        assert card(house)
        house.settled()
        yield house


def test_the_form_opens_a_case_with_all_its_fields_and_answers_with_the_number(slack: SlackHouse) -> None:
    people = slack.people
    people.slash("ana", "C0GENERAL", "/case new", wait=5)
    people.type_into("ana", "modal", "subject", "Deal ID 12333: no delivery")
    people.type_into("ana", "modal", "text", "It stopped at noon, campaign 77-4312 too.")
    people.type_into("ana", "modal", "ids", "4711, Report Task ID 1254332")
    people.choose("ana", "modal", "priority", "Critical", wait=5)
    people.choose("ana", "modal", "type", "Reporting", wait=5)
    people.choose("ana", "modal", "category:Reporting", "Discrepancy")
    assert "CS-000001 is open" in shown(people.submit("ana", "modal"))
    people.choose("ana", "modal", "people", ["noa", "ana"])
    confirmed = shown(people.submit("ana", "modal"))
    assert "CS-000001 is open" in confirmed
    assert "Noa Nomail was added to CS-000001 and told." in confirmed
    case = slack.case()
    assert (case.line.subject, case.line.priority) == ("Deal ID 12333: no delivery", "Critical")
    assert (case.type, case.category) == ("Reporting", "Discrepancy")
    assert case.ids == ("4711", "Report Task ID 1254332", "Deal ID 12333", "Campaign ID 77-4312")
    assert [(part.name, part.role) for part in case.participants] == [
        ("Ana Acme", "requester"),
        ("Noa Nomail", "collaborator"),
    ]


def test_choosing_another_type_clears_the_category_and_keeps_what_was_typed(slack: SlackHouse) -> None:
    people = slack.people
    open_form(people, "ana", "C0GENERAL", "/case new", subject="Something", text="Some text")
    people.choose("ana", "modal", "type", "Reporting", wait=5)
    people.choose("ana", "modal", "category:Reporting", "Discrepancy")
    people.choose("ana", "modal", "type", "API", wait=5)
    people.submit("ana", "modal")
    case = slack.case()
    assert (case.type, case.category) == ("API", "")
    assert case.line.subject == "Something"
    assert case.entries[0].text == "Some text"


def test_blank_fields_and_a_bad_phone_number_are_told_on_the_field_and_can_be_corrected(
    slack: SlackHouse,
) -> None:
    people = slack.people
    open_form(people, "ana", "C0GENERAL", "/case new blocker", subject="Everything is down", text=" \n ")
    assert people.submit("ana", "modal").errors == {"text": "Please write something."}
    people.type_into("ana", "modal", "text", "All of it.")
    people.type_into("ana", "modal", "phone", "call me")
    assert "country's code" in people.submit("ana", "modal").errors["phone"]
    assert slack.cases() == []
    people.type_into("ana", "modal", "phone", "0049 (0)30/123 456")
    assert "CS-000001 is open" in shown(people.submit("ana", "modal"))
    assert slack.case().contact == "Ana Acme, +4930123456"


def test_a_form_that_comes_again_opens_one_case(slack: SlackHouse) -> None:
    people = slack.people
    open_form(people, "ana", "C0GENERAL", "/case new", subject="Once", text="Only once.")
    slack.workspace.faults.add("no_ack")
    assert people.submit("ana", "modal").error == "operation_timeout"
    slack.workspace.faults.clear()
    assert "CS-000001 is open" in shown(people.submit("ana", "modal"))
    assert slack.cases() == ["CS-000001"]


def test_a_slow_desk_asks_to_press_again_and_does_it_once(slack: SlackHouse) -> None:
    people = slack.people
    open_form(people, "ana", "C0GENERAL", "/case new", subject="Slow", text="It takes its time.")
    release = held(slack)
    seen = people.submit("ana", "modal")
    assert "nothing is done twice" in seen.errors["subject"]
    assert slack.cases() == []
    release.set()
    assert "CS-000001 is open" in shown(people.submit("ana", "modal"))
    assert slack.cases() == ["CS-000001"]


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_whoever_presses_again_and_again_while_it_is_slow_keeps_their_words_and_gets_one_case(
    tmp_path: Path, mode: str
) -> None:
    with standing(tmp_path, mode=mode) as slack:
        people = slack.people
        open_form(people, "ana", "C0GENERAL", "/case new", subject="Slow", text="It takes its time.")
        people.attach("ana", "modal", "files", [people.upload("ana", "report.csv", b"a,b\n1,2\n")])
        release = held(slack)
        for _ in range(2):
            seen = people.submit("ana", "modal")
            assert seen.acked, seen
            assert "nothing is done twice" in seen.errors["subject"]
            assert seen.modal
            typed = seen.modal.values()
            assert typed["subject"]["subject"]["value"] == "Slow"
            assert "It takes its time." in str(typed["text"])
            assert "report.csv" in str(typed["files"])
        release.set()
        assert "CS-000001 is open" in shown(people.submit("ana", "modal"))
        people.close_view("ana", "modal", all=True)
        assert until(lambda: names(slack) == ["report.csv"])
        assert slack.cases() == ["CS-000001"]
        assert len(slack.case().entries) == 2, "her words, and the file that followed them"
        again = people.slash("ana", "C0GENERAL", "/case new", wait=5)
        assert again.modal
        assert "It takes its time." not in str(again.modal.body), "what was sent is no draft"


def test_files_of_a_form_follow_their_case(slack: SlackHouse) -> None:
    people = slack.people
    open_form(people, "ana", "C0GENERAL", "/case new", subject="With a file", text="See the report.")
    people.attach("ana", "modal", "files", [people.upload("ana", "report.csv", b"a,b\n1,2\n")])
    assert "1 file will be there" in shown(people.submit("ana", "modal"))
    assert until(lambda: names(slack) == ["report.csv"])
    people.slash("ana", "C0GENERAL", "/case attach CS-000001", wait=5)
    people.attach("ana", "modal", "files", [people.upload("ana", "more.csv", b"c\n")])
    assert "1 file will be there" in shown(people.submit("ana", "modal"))
    assert until(lambda: names(slack) == ["report.csv", "more.csv"])


def test_nobody_attaches_to_a_foreign_case(slack: SlackHouse) -> None:
    slack.open_case()
    people = slack.people
    people.slash("noa", "C0GENERAL", "/case attach CS-000001", wait=5)
    people.attach("noa", "modal", "files", [people.upload("noa", "x.csv", b"x")])
    assert "not a case that you can reach" in people.submit("noa", "modal").errors["files"]
    slack.settled()
    assert names(slack) == []


def names(slack: SlackHouse) -> list[str]:
    return [file.name for entry in slack.case().entries for file in entry.files]


def test_a_specialist_takes_the_case_looks_at_the_reply_and_sends_it(slack: SlackHouse) -> None:
    slack.open_case()
    people, ts = slack.people, card(slack).ts
    assert "is yours now" in people.click("sam", "case_take", channel="C0TRIAGE", ts=ts, wait=5).text
    people.click("sam", "case_reply", channel="C0TRIAGE", ts=ts, wait=5)
    people.type_into("sam", "modal", "text", "We look into it <now> & tell you.")
    preview = shown(people.submit("sam", "modal"))
    assert "We look into it <now> & tell you." in preview
    assert "*Ana Acme*" in preview
    assert [entry.author for entry in slack.case().entries] == ["Ana Acme"]
    sent = people.submit("sam", "modal", wait=5)
    assert sent.modal is None
    assert "on its way to Ana Acme" in sent.text
    assert [entry.text for entry in slack.case().entries][1] == "We look into it <now> & tell you."


def test_a_preview_says_how_many_others_read_the_reply(slack: SlackHouse) -> None:
    slack.open_case()
    people, ts = slack.people, card(slack).ts
    for others, added in (("", "noa"), (" and 1 other", "eve"), (" and 2 others", "")):
        people.click("sam", "case_reply", channel="C0TRIAGE", ts=ts, wait=5)
        people.type_into("sam", "modal", "text", "We look into it.")
        assert f"This goes to *Ana Acme*{others}, by mail or in Slack:" in shown(
            people.submit("sam", "modal")
        )
        people.close_view("sam", "modal", all=True)
        if added:
            people.slash("sam", "C0TRIAGE", f"/case add CS-000001 @{added}", wait=5)


def test_a_preview_that_is_not_heard_of_is_shown_again_and_sent_once(slack: SlackHouse) -> None:
    slack.open_case()
    people, ts = slack.people, card(slack).ts
    people.click("sam", "case_reply", channel="C0TRIAGE", ts=ts, wait=5)
    people.type_into("sam", "modal", "text", "Only once, please.")
    people.submit("sam", "modal")
    release = held(slack)
    assert "nothing is done twice" in shown(people.submit("sam", "modal"))
    release.set()
    assert until(lambda: len(slack.case().entries) == 2)
    assert "Nothing was done twice" in shown(people.submit("sam", "modal"))
    assert [entry.text for entry in slack.case().entries].count("Only once, please.") == 1


def test_two_specialists_answer_at_once_and_the_second_is_warned(slack: SlackHouse) -> None:
    slack.open_case()
    people, ts = slack.people, card(slack).ts
    for who in ("sam", "kim"):
        people.click(who, "case_reply", channel="C0TRIAGE", ts=ts, wait=5)
        people.type_into(who, "modal", "text", f"{who} answers.")
    people.submit("sam", "modal")
    people.submit("sam", "modal", wait=5)
    assert "Sam Specialist answered" in shown(people.submit("kim", "modal"))


def test_a_customers_reply_goes_out_without_a_preview(slack: SlackHouse) -> None:
    slack.open_case()
    open_form(slack.people, "ana", "C0GENERAL", "/case reply CS-000001", text="It is worse now.")
    assert "was added to CS-000001" in shown(slack.people.submit("ana", "modal"))


def test_a_form_on_a_foreign_case_is_refused_and_gives_the_words_back(slack: SlackHouse) -> None:
    slack.open_case()
    open_form(slack.people, "noa", "C0GENERAL", "/case reply CS-000001", text="Let me in.")
    answer = shown(slack.people.submit("noa", "modal"))
    assert "not a case that you can reach" in answer
    assert "Let me in." in answer
    assert len(slack.case().entries) == 1


def test_a_case_is_closed_for_a_reason_and_opened_again_from_the_card(slack: SlackHouse) -> None:
    slack.open_case()
    people, ts = slack.people, card(slack).ts
    people.click("sam", "case_status", channel="C0TRIAGE", ts=ts, value="1:close:not_ours", wait=5)
    assert "is closed: Not ours" in shown(people.submit("sam", "modal"))
    assert until(lambda: "Reopen…" in words_of(card(slack).blocks))
    people.click("sam", "case_status", channel="C0TRIAGE", ts=ts, value="1:reopen", wait=5)
    people.type_into("sam", "modal", "text", "It was ours after all.")
    assert "is open again" in shown(people.submit("sam", "modal"))


def test_a_concern_checks_its_phone_number_and_may_come_without_one(slack: SlackHouse) -> None:
    slack.open_case()
    people = slack.people
    open_form(people, "ana", "C0GENERAL", "/case concern CS-000001", text="Nobody answers.")
    people.choose("ana", "modal", "category", "lack_of_reply")
    people.type_into("ana", "modal", "phone", "12")
    assert "phone" in people.submit("ana", "modal").errors
    people.type_into("ana", "modal", "phone", "")
    assert "was passed to Mia Manager" in shown(people.submit("ana", "modal"))
    assert slack.history_of("concern raised") == 1
    assert until(lambda: "I take the concern" in words_of(card(slack).blocks))
    people.click("mia", "case_acknowledge", channel="C0TRIAGE", ts=card(slack).ts, wait=5)
    assert "The concern on CS-000001 is yours" in shown(
        people.submit("mia", "modal")
    )  # without a word to the customer


def test_the_card_leads_to_notes_to_colleagues_and_to_everything_said(slack: SlackHouse) -> None:
    slack.open_case()
    people, ts = slack.people, card(slack).ts
    people.click("sam", "case_note", channel="C0TRIAGE", ts=ts, wait=5)
    people.type_into("sam", "modal", "text", "A secret.")
    assert "Only the support team" in shown(people.submit("sam", "modal"))
    people.click("sam", "case_more", channel="C0TRIAGE", ts=ts, value="1:assign", wait=5)
    people.choose("sam", "modal", "to", "kim@example.com")
    assert "Kim Specialist's now" in shown(people.submit("sam", "modal"))
    people.close_view("sam", "modal", all=True)
    seen = people.click("sam", "case_more", channel="C0TRIAGE", ts=ts, value="1:show", wait=5)
    assert "The deal stopped delivering" in words_of(seen.ephemerals[0].blocks)


def test_the_home_shows_ones_own_cases_and_leads_to_them(slack: SlackHouse) -> None:
    slack.open_case()
    people = slack.people
    home = people.open_home("ana", wait=5)
    assert home
    assert "CS-000001" in words_of(home.body["blocks"])
    people.click("ana", "case_show", view="home", wait=5)
    assert until(lambda: "The deal stopped delivering" in words_of(people.modal("ana").body["blocks"]))  # type: ignore[union-attr]
    seen = people.click("ana", "case_reply", view="modal", wait=5)
    assert seen.modal
    assert seen.modal.body["title"]["text"] == "Reply on CS-000001"
    people.close_view("ana", "modal", all=True)
    assert people.click("ana", "new_case", view="home", wait=5).modal
    noas = people.open_home("noa", wait=5)
    assert noas
    assert "CS-000001" not in words_of(noas.body["blocks"])


def test_shortcuts_open_the_form_and_the_list(slack: SlackHouse) -> None:
    slack.open_case()
    people = slack.people
    opened = people.shortcut("ana", "new_case", wait=5)
    assert opened.modal
    assert opened.modal.body["callback_id"] == "new_case"
    people.shortcut("ana", "my_cases", wait=5)
    assert until(lambda: "CS-000001" in words_of(people.modal("ana").body["blocks"]))  # type: ignore[union-attr]


def test_a_case_from_the_customers_own_channel_lives_there(slack: SlackHouse) -> None:
    slack.open_case("ana", "C0ACME")
    slack.settled()
    messages = [words_of(message.blocks) for message in slack.workspace.channel("C0ACME").messages.values()]
    assert any("CS-000001" in words for words in messages), messages


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("", ""),
        ("+49 30 123456", "+4930123456"),
        ("0033 (0)1.23-45-67", "+331234567"),
        ("+1 (202) 555-0199", "+12025550199"),
    ],
)
def test_phone_numbers_are_written_in_many_ways(written: str, number: str) -> None:
    assert international_number(written, "phone") == number


@pytest.mark.parametrize(
    "written", ["12", "030 123456", "+0 30 123456", "+49 30 123456 ext 5", "+1234567890123456"]
)
def test_what_cannot_be_called_is_no_international_number(written: str) -> None:
    with pytest.raises(Wrong):
        international_number(written, "phone")
