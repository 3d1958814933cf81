"""Stories: what becomes of a case is told to its customers, in one mail and in the right words."""

from __future__ import annotations

from typing import Any

from tests.slack.outbound.test_places import talk
from tests.stories.test_language import JAPANESE
from tests.support.houses.browser import WebHouse, case_link, get, page_link
from tests.support.houses.house import House, flat, until, words
from tests.support.houses.office import Office, said
from tests.support.setup.fixtures import open_on_sqlite

ANA, BOB, SAM, MAX, ZOE, DESK = (
    "Ana <ana@acme.example>", "Bob <bob@acme.example>", "Sam <sam@desk.example>", "Max <max@desk.example>",
    "Zoe <zoe@globex.example>", "support@example.com",
)  # fmt: skip


house = open_on_sqlite(House)
web = open_on_sqlite(WebHouse)


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
    mails = web.mails("ana@", count=2)  # one is the survey, which is due by then
    (second,) = (mail for mail in mails if "[CS-000002]" in mail["Subject"])
    assert "It goes on from CS-000001, which has been closed for too long" in flat(second)
    for mail in web.mails("desk.example", count=2):
        assert "It goes on from CS-000001 (Deal 12333 stopped)" in flat(mail)
        assert "#show CS-000001" in words(mail)
    page = get(case_link(second))
    assert "Follows" in page.words
    assert "CS-000001" in page.words
    web.answer(second, ANA, "#add bob@acme.example")
    (added,) = web.mails("bob@")
    assert "CS-000001" not in get(case_link(added)).words, "he takes no part in that"


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


def test_in_slack_each_gets_that_way_alone(office: Office) -> None:
    people = office.slack.people
    people.join("noa", "acme")
    people.post("ana", "acme", "@Case new Deal ID 12345: no delivery")
    office.card()
    office.settled()
    people.slash("sam", "triage", "/case ask CS-000001 please send the dump of 2 GB", wait=3)
    link = f"http://127.0.0.1:{office.web}/upload/"
    (told,) = until(lambda: [m for m in talk(office, "ana") if link in said(m)])
    assert "*CS-000001* (Deal ID 12345: no delivery)" in said(told)
    assert "yours alone" in said(told)
    for root in office.messages("acme"):
        assert not [m for m in (root, *office.replies(root)) if link in said(m)], "others read there"


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
    assert web.nothing("ana@")
    assert {p.address: p.role for p in web.case(2).participants} == {
        "ana@acme.example": "removed", "bob@acme.example": "removed", "zoe@globex.example": "requester",
    }  # fmt: skip


def test_the_same_person_under_a_private_address_stays_and_the_desk_reads_so(house: House) -> None:
    _, told = opened(house, sender="Ana <ana@gmail.com>")
    house.answer(told, SAM, "#set requester: ana@elsewhere.example")
    (transcript,) = house.mails("sam@")
    assert "Ana stays a collaborator" in flat(transcript)
    assert "no part in it any more" not in flat(transcript)
    assert house.mails("ana@gmail.com")
    assert {p.address: p.role for p in house.case().participants} == {
        "ana@gmail.com": "collaborator", "ana@elsewhere.example": "requester",
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
