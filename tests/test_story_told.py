"""Stories: what becomes of a case is told to its customers, in one mail and in the right words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import databases
from tests.browser import WebHouse, case_link, get, page_link
from tests.house import House, until, words
from tests.office import Office, said
from tests.test_slack_places import talk
from tests.test_story_language import JAPANESE

ANA, BOB, SAM, MAX, ZOE, DESK = (
    "Ana <ana@acme.example>", "Bob <bob@acme.example>", "Sam <sam@desk.example>", "Max <max@desk.example>",
    "Zoe <zoe@globex.example>", "support@example.com",
)  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with House(databases.sqlite(tmp_path), tmp_path) as standing:
        yield standing


@pytest.fixture
def web(tmp_path: Path) -> Iterator[WebHouse]:
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as standing:
        yield standing


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Office(databases.sqlite(tmp_path), tmp_path) as standing:
        yield standing


def flat(mail: Any) -> str:
    return " ".join(words(mail).split())


def opened(house: House, text: str = "Nothing since noon.", *, sender: str = ANA) -> tuple[Any, Any]:
    """Somebody's case is open and Sam's: the confirmation, and what Sam was told."""
    house.send(sender, DESK, "Deal 12333 stopped", text)
    (confirmation,) = house.mails(sender.partition("<")[2].rstrip(">"))
    (told,) = house.mails("sam@")
    house.answer(told, SAM, "#take")
    house.mails("sam@")
    house.mails("max@")
    return confirmation, told


def closed(house: House, told: Any, *, reason: str = "designed") -> None:
    house.answer(told, SAM, "#close works as designed")
    house.mails("sam@")
    house.mails("ana@")


# a reply that reopens, and one that comes too late


def test_a_reply_that_reopens_is_answered(house: House) -> None:
    confirmation, told = opened(house)
    closed(house, told)
    house.answer(confirmation, ANA, "It fails again.")
    (heard,) = house.mails("ana@")
    assert "We have opened CS-000001 again." in flat(heard)
    assert house.case().line.state == "open"
    house.answer(heard, ANA, "Since noon.")
    assert house.nothing("ana@"), "only what reopens is answered"


def test_in_slack_a_word_that_reopens_is_answered_in_its_thread(office: Office) -> None:
    people = office.slack.people
    people.post("ana", people.open_dm("ana").id, "!new Deal ID 12345: no delivery")
    (root,) = talk(office, "ana")
    office.settled()
    people.slash("sam", "triage", "/case close CS-000001 works as designed", wait=3)
    until(lambda: office.case().line.state == "closed")
    people.post("ana", root.channel, "It fails again.", thread_ts=root.ts)
    assert until(lambda: [m for m in office.replies(root) if "opened *CS-000001* again" in said(m)])


def test_a_reply_after_the_days_opens_a_case_that_says_what_it_follows(web: WebHouse) -> None:
    confirmation, told = opened(web)
    closed(web, told)
    web.pass_time(days=20)
    web.answer(confirmation, ANA, "It still does not work.")
    (second,) = web.mails("ana@")
    assert "[CS-000002]" in second["Subject"]
    assert "It goes on from CS-000001, which has been closed for too long" in flat(second)
    for mail in web.mails("desk.example", count=2):
        assert "It goes on from CS-000001 (Deal 12333 stopped)" in flat(mail)
        assert "#show CS-000001" in words(mail)
    page = get(case_link(second))
    assert "Follows" in page.words
    assert "CS-000001" in page.words


def test_a_follow_up_is_told_in_the_customers_language(house: House) -> None:
    yuki = "Yuki <yuki@acme.example>"
    house.send(yuki, DESK, "配信が止まりました", JAPANESE)
    (confirmation,) = house.mails("yuki@")
    (told,) = house.mails("sam@")
    house.answer(told, SAM, "#close works as designed")
    house.mails("yuki@")
    house.pass_time(days=20)
    house.answer(confirmation, yuki, JAPANESE)
    (second,) = house.mails("yuki@")
    assert "CS-000001 の続きとして承りました" in flat(second)


def test_whoever_names_a_case_of_somebody_elses_is_told_nothing_of_it(house: House) -> None:
    opened(house)
    house.send(ZOE, DESK, "About [CS-000001]", "What is it?")
    (confirmation,) = house.mails("zoe@")
    assert "[CS-000002]" in confirmation["Subject"]
    assert "It goes on from" not in words(confirmation)
    (told, _) = house.mails("desk.example", count=2)
    assert "It names CS-000001 (Deal 12333 stopped), in which its sender takes no part." in flat(told)


def test_in_slack_the_card_and_its_thread_say_what_a_case_follows(office: Office) -> None:
    office.send(ANA, DESK, "No delivery", "It stopped.")
    (confirmation,) = office.mails("ana@")
    office.slack.people.slash("sam", "triage", "/case close CS-000001 works as designed", wait=3)
    office.mails("ana@")
    office.pass_time(days=20)
    office.answer(confirmation, ANA, "It still does not work.")
    office.in_thread("It goes on from CS-000001", 2)
    assert until(lambda: "*Linked case*\nCS-000001" in said(office.card(2)))


# information requests


def test_a_request_carries_the_way_for_files_of_any_size(web: WebHouse) -> None:
    confirmation, told = opened(web)
    assert "/upload/" in words(confirmation)
    web.answer(told, SAM, "#ask please send the dump of 2 GB")
    (asked,) = web.mails("ana@")
    assert "Too large for a mail? Files of any size go here: http" in flat(asked)
    page = get(page_link(asked, "upload"))
    assert page.status == 200
    assert "CS-000001" in page.words


def test_without_a_web_door_nobody_is_promised_one(house: House) -> None:
    confirmation, told = opened(house)
    house.answer(told, SAM, "#ask please send the dump of 2 GB")
    (asked,) = house.mails("ana@")
    for mail in (confirmation, asked):
        assert "any size" not in words(mail)
        assert "upload" not in words(mail)


# whose case it is


def test_a_case_that_moves_to_another_account_leaves_nobody_of_the_first_behind(web: WebHouse) -> None:
    web.send(BOB, DESK, "Hello", "Makes Bob known.")
    web.mails("bob@")
    web.mails("desk.example", count=2)
    web.send(ANA, DESK, "Deal 12333 stopped", "Nothing since noon.", headers={"Cc": BOB})
    (confirmation,) = web.mails("ana@")
    web.mails("bob@")
    link = case_link(confirmation)
    assert "Nothing since noon." in get(link).words
    (told,) = web.mails("sam@")
    web.answer(told, SAM, "#take")
    web.mails("sam@")
    web.answer(told, SAM, "#set requester: zoe@globex.example")
    (transcript,) = web.mails("sam@")
    assert "CS-000002 is zoe@globex.example's now, and they were told." in flat(transcript)
    assert "Ana and Bob take no part in it any more" in flat(transcript)
    assert "add ana@acme.example" in flat(transcript)
    assert web.mails("zoe@")
    web.answer(told, SAM, "Only Zoe is to read this.")
    assert "Only Zoe" in words(web.mails("zoe@")[0])
    assert web.nothing("acme.example")
    assert get(link).status in (404, 410)
    assert "Nothing since noon." not in get(link).words
    web.answer(confirmation, ANA, "#show")
    assert web.nothing("ana@") or "Only Zoe" not in words(web.mails("ana@")[0])
    assert {p.address: p.role for p in web.case(2).participants} == {
        "ana@acme.example": "removed", "bob@acme.example": "removed", "zoe@globex.example": "requester",
    }  # fmt: skip


def test_within_an_account_the_former_requester_stays_and_hears_of_it(house: House) -> None:
    _, told = opened(house)
    house.answer(told, SAM, "#set requester: bob@acme.example")
    (transcript,) = house.mails("sam@")
    assert "take" not in flat(transcript).partition("is bob@acme.example's now")[2][:60]
    (heard,) = house.mails("ana@")
    assert "has made bob@acme.example the contact for CS-000001." in flat(heard)
    assert house.mails("bob@")
    house.answer(told, SAM, "For both of you.")
    assert "For both of you." in words(house.mails("ana@")[0])


# priority


def test_a_priority_line_on_a_saved_case_is_answered(house: House) -> None:
    confirmation, _ = opened(house)
    house.answer(confirmation, ANA, "Priority: Low\n\nIt can wait.")
    (heard,) = house.mails("ana@")
    assert "A specialist decides about the priority of a saved case, so CS-000001 stays Medium." in flat(
        heard
    )
    assert "#priority Low: …" in words(heard)
    assert house.case().line.priority == "Medium"
    house.answer(confirmation, ANA, "Priority: Medium\n\nAs it is.")
    assert house.nothing("ana@")


@pytest.mark.parametrize("greeting", ["Hello,", "Guten Tag,", "Gentile assistenza,", "Dzień dobry,"])
def test_a_priority_below_a_greeting_is_read(house: House, greeting: str) -> None:
    house.send(ANA, DESK, "No delivery", f"{greeting}\n\nPriority: Critical\nDeal ID: 12333\n\nIt stopped.")
    house.mails("ana@")
    case = house.case()
    assert (case.line.priority, case.ids) == ("Critical", ("Deal ID 12333",))
    assert case.entries[0].text == f"{greeting}\n\nIt stopped."


def test_the_example_of_a_reason_fits_what_is_asked_for(house: House) -> None:
    confirmation, told = opened(house)
    house.answer(confirmation, ANA, "#priority Low")
    assert "priority Low: a workaround helps us for now" in flat(house.mails("ana@")[0])
    house.answer(confirmation, ANA, "#priority Blocker")
    assert "priority Blocker: nothing works any more" in flat(house.mails("ana@")[0])
    house.answer(told, SAM, "#priority Low")
    assert "a workaround helps" in flat(house.mails("sam@")[0])


# commands of specialists


def test_an_answer_that_closes_is_one_mail(house: House) -> None:
    _, told = opened(house)
    house.answer(told, SAM, "It was paused; it runs again.\n\n#close resolved")
    (answer,) = house.mails("ana@")
    assert "It was paused; it runs again." in words(answer)
    assert "With this answer CS-000001 is closed. Reason: Resolved." in flat(answer)
    assert "Just reply within 14 days" in flat(answer)
    assert not answer["Auto-Submitted"], "a person wrote it"
    assert house.nothing("ana@")
    assert house.case().line.state == "resolved"


def test_what_is_said_with_a_closing_command_is_a_persons_mail_too(house: House) -> None:
    _, told = opened(house)
    house.answer(told, SAM, "#close resolved\nIt runs again.")
    for mail in house.mails("ana@"):
        assert not mail["Auto-Submitted"]


def test_two_lists_in_one_mail_are_two_lists(house: House) -> None:
    _, told = opened(house)
    opened(house, sender=BOB)
    house.answer(told, SAM, "#queue mine\n#search noon\n#queue unassigned")
    (transcript,) = house.mails("sam@")
    text = words(transcript)
    assert "Cases · queue mine" in text
    assert "Cases · search noon" in text
    assert text.count("CS-000002") >= 2
    house.answer(told, SAM, "#queue")
    assert "Cases" in words(house.mails("sam@")[0]).splitlines(), "one list needs no name"


def test_a_type_is_set_as_it_is_shown(house: House) -> None:
    _, told = opened(house)
    house.answer(told, SAM, "#set type: Delivery / Not delivering")
    assert "type is Delivery / Not delivering now" in flat(house.mails("sam@")[0])
    assert (house.case().type, house.case().category) == ("Delivery", "Not delivering")
    house.answer(told, SAM, "#type Reporting / Not delivering")
    assert "is no category here" in flat(house.mails("sam@")[0])
    assert house.case().type == "Delivery"


def test_a_specialist_looks_up_the_queue_by_a_fresh_mail_and_does_nothing_else_so(house: House) -> None:
    opened(house)
    house.send(SAM, DESK, "queue", "#queue\n#search noon\n#my\n#help\n#take CS-000001\n#show CS-000001")
    (transcript,) = house.mails("sam@")
    text = flat(transcript)
    assert "1 case to do." in text
    assert "1 case with “noon”." in text
    assert text.count("We could not be sure that it was you.") == 2, "to act needs a reply address of ours"
    house.send(ANA, DESK, "queue", "#queue")
    assert "Only the support team can do that." in flat(house.mails("ana@")[0])
    forged = {"Received": "from evil.example by mx.example.com; Fri, 27 Nov 2026 10:00:00 +0000"}
    house.send(SAM, DESK, "queue", "#queue", headers=forged)
    assert house.nothing("sam@"), "what nobody proves is not answered"


@pytest.mark.parametrize(("line", "state"), [
    ("#fermer merci", "closed"), ("#Clôturer", "closed"), ("#schließen", "closed"), ("#cerrar", "closed"),
    ("#chiudi", "closed"), ("#fechar", "closed"), ("#zamknij", "closed"), ("#クローズ", "closed"),
    ("＃クローズ", "closed"), ("#fermeture", "open"),
])  # fmt: skip
def test_verbs_have_names_in_the_customers_languages(house: House, line: str, state: str) -> None:
    confirmation, _ = opened(house)
    house.answer(confirmation, ANA, line)
    house.settled()
    assert house.case().line.state == state
