"""The page on which a case is opened: by whom we know it is theirs at once, by anybody else it is held."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from channels.web.pages import new_case
from tests.support.houses.browser import (
    ANA,
    BOB,
    DESK,
    SAM,
    Page,
    WebHouse,
    case_link,
    get,
    page_link,
    send_files,
)
from tests.support.houses.house import words
from tests.support.setup.fixtures import open_on_each_database

house = open_on_each_database(WebHouse)


def known(house: WebHouse) -> str:
    """Ana's link to the page where she opens cases; she has one already."""
    house.send(ANA, DESK, "Earlier", "Makes Ana known.")
    (confirmation,) = house.mails("ana@")
    house.settled()
    house.mails("sam@")
    return new_link(get(page_link(confirmation, "my")))


def new_link(page: Page) -> str:
    (link,) = {have["href"] for tag, have in page.tags if "/new/" in have.get("href", "")}
    return link


def filled(page: Page, **typed: str) -> dict[str, str | list[str]]:
    usual = {"subject": "No delivery", "text": "Deal ID 12333 stopped yesterday."}
    return {**page.forms["open"], **usual, **typed}


def test_a_known_customer_opens_a_case_with_all_there_is_to_say_story(house: WebHouse) -> None:
    house.send(BOB, DESK, "Hello", "Makes Bob known.")
    house.mails("bob@")
    link = known(house)
    page = get(link)
    assert "address" not in page.forms["open"]
    assert page.forms["open"]["priority"] == "Medium"
    for said in ("Platform-wide", "ad serving interrupted", "Deal ID 12333: no delivery for 24 hours"):
        assert said in page.words
    more = {"priority": "Critical", "about": "Reporting / Discrepancy", "ids": "campaign 77-4312, X-99",
            "people": "bob@acme.example eve@evil.example"}  # fmt: skip
    done = send_files(link, filled(page, **more), {"report.csv": b"a;b"})
    assert done.status == 200
    assert "/case/" in done.url
    assert "Your case is open." in done.words
    case = house.case(3)
    assert (case.line.subject, case.line.priority, case.line.held) == ("No delivery", "Critical", False)
    assert (case.type, case.category) == ("Reporting", "Discrepancy")
    assert case.ids == ("Campaign ID 77-4312", "X-99", "Deal ID 12333")
    assert [file.name for file in case.entries[0].files] == ["report.csv"]
    roles = {part.address: part.role for part in case.participants}
    assert roles == {
        "ana@acme.example": "requester",
        "bob@acme.example": "collaborator",
        "eve@evil.example": "proposed",
    }
    (confirmation,) = house.mails("ana@")
    assert "CS-000003" in confirmation["Subject"]
    (told,) = house.mails("sam@")
    assert "report.csv" in words(told)


def test_an_id_that_is_given_twice_is_one(house: WebHouse) -> None:
    link = f"{house.web}/new"
    typed = {"address": "zoe@other.example", "ids": "4711, 4712", "subject": "Deal ID 4711: no delivery"}
    assert "CS-000001" in send_files(link, filled(get(link), **typed, text="Since this morning.")).words
    assert house.case().ids == ("Deal ID 4711", "4712")


def test_anybody_opens_a_case_that_is_held_story(house: WebHouse) -> None:
    page = get(f"{house.web}/new")
    form = filled(page, address="Zoe@Other.Example", name="Zoe")
    done = send_files(f"{house.web}/new", form, {"app.log": b"x"})
    assert done.status == 200
    assert "Your case is CS-000001" in done.words
    case = house.case()
    assert case.line.held
    assert case.participants[0].address == "zoe@other.example"
    assert case.participants[0].name == "", "nobody chooses how we greet a stranger"
    assert house.nothing("zoe@")
    (told,) = house.mails("sam@")
    assert "unproven" in words(told)
    for _ in range(2):
        assert "CS-000001" in send_files(f"{house.web}/new", form, {"app.log": b"x"}).words
    assert house.cases() == ["CS-000001"]


def test_what_is_wrong_stands_at_its_field_and_all_that_was_typed_stays(house: WebHouse) -> None:
    link = f"{house.web}/new"
    form = filled(get(link), address="nobody", subject=" ", text="<b>words</b>", contact="Zoe, badge 4711-23")
    page = send_files(link, {**form, "about": "Nonsense", "priority": "Urgent"}, {"app.log": b"once"})
    assert page.status == 422
    assert "Please write an e-mail address" in page.words
    wrong = {have["id"] for _, have in page.tags if have.get("id", "").endswith("-wrong")}
    assert wrong == {f"{name}-wrong" for name in ("address", "subject", "contact", "about", "priority")}
    assert page.forms["open"]["text"] == "<b>words</b>"
    assert page.forms["open"]["address"] == "nobody"
    assert "app.log" in page.words
    assert house.cases() == []
    more = {
        "address": "zoe@other.example",
        "subject": "Now",
        "contact": "Zoe, +33 1 23 45 67 89",
        "about": "API",
        "priority": "Blocker",
    }
    done = send_files(link, {**page.forms["open"], **more})
    assert "CS-000001" in done.words
    case = house.case()
    assert [file.name for file in case.entries[0].files] == ["app.log"]
    assert (case.type, case.category, case.line.priority) == ("API", "", "Blocker")
    assert case.contact == "Zoe, +33 1 23 45 67 89"


def test_only_so_many_cases_are_opened_by_nobody_knows_whom(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_LIMITS__HELD_PER_SENDER", "[2, 2]")
    with WebHouse(url, tmp_path) as house:
        link = f"{house.web}/new"
        for n in range(3):
            form = filled(get(link), address="zoe@other.example", subject=f"Number {n}")
            page = send_files(link, form)
        assert page.status == 429
        assert "take no more for a while" in page.words
        assert page.forms["open"]["subject"] == "Number 2"
        assert house.cases() == ["CS-000001", "CS-000002"]
        assert send_files(link, filled(get(link), address="yan@third.example")).status == 200


def test_strangers_send_small_files_only(house: WebHouse) -> None:
    link = f"{house.web}/new"
    form = filled(get(link), address="zoe@other.example")
    page = send_files(link, form, {"large.bin": b"x" * 25_000_001})
    assert page.status == 413
    assert "large.bin: This file is larger" in page.words
    assert page.forms["open"]["subject"] == "No delivery"
    assert house.cases() == []


def test_the_number_of_a_held_case_is_told_to_whoever_opened_it(house: WebHouse) -> None:
    done = send_files(f"{house.web}/new", filled(get(f"{house.web}/new"), address="zoe@other.example"))
    assert re.search(r"\?opened=[\w.-]+$", done.url)
    assert "CS-" not in get(f"{house.web}/new?opened=CS-000001").words
    assert "CS-" not in get(f"{done.url}x").words
    token = done.url.rpartition("=")[2]
    for purpose in ("case", "my", "new", "upload"):
        assert get(f"{house.web}/{purpose}/{token}").status == 404


def test_nobody_is_made_someone_else_by_a_link_for_opening(house: WebHouse) -> None:
    link = known(house)
    page = send_files(link, filled(get(link), address="bob@acme.example"))
    assert "Your case is open." in page.words
    assert house.case(2).participants[0].address == "ana@acme.example"
    token = link.rpartition("/")[2]
    for purpose in ("case", "my", "upload", "survey"):
        assert get(f"{house.web}/{purpose}/{token}").status == 404
    stale = get(f"{house.web}/new").forms["open"]["nonce"]
    assert send_files(link, filled(get(link), nonce=stale)).status == 422


def test_what_is_no_form(house: WebHouse) -> None:
    link = f"{house.web}/new"
    for fields in ({"action": "close"}, {str(n): "x" for n in range(400)}, {"text": "x" * 1_000_001}):
        assert send_files(link, dict(fields)).status in (400, 413)
    assert send_files(link, {}, Content_Type="multipart/form-data").status in (400, 422)
    assert house.cases() == []


def test_the_page_of_the_case_is_the_answer(house: WebHouse) -> None:
    link = known(house)
    done = send_files(link, filled(get(link)))
    assert done.forms.keys() == {"reply", "close", "concern", "priority"}
    (confirmation,) = house.mails("ana@")
    assert get(case_link(confirmation)).status == 200


def test_what_strangers_leave_waiting_is_bounded_and_bars_nobody_known(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_case, "MOST_WAITING", 3_000_000)
    mine, link = known(house), f"{house.web}/new"
    for _ in range(2):
        wrong = filled(get(link), address="nobody")
        assert send_files(link, wrong, {"a.bin": b"x" * 1_400_000}).status == 422
    full = send_files(link, filled(get(link), address="zoe@other.example"), {"a.bin": b"x" * 1_400_000})
    assert full.status == 507
    assert "no room for this just now" in full.words
    assert send_files(mine, filled(get(mine)), {"a.bin": b"x" * 1_400_000}).status == 200
    assert send_files(link, filled(get(link), address="zoe@other.example")).status == 200


def test_addresses_that_mail_refuses_are_refused_at_their_field(house: WebHouse) -> None:
    house.send(SAM, DESK, "Hello", "Makes Sam write.")
    house.settled()
    link, mine = f"{house.web}/new", known(house)
    before = house.cases()
    long = f"zoe@{'.'.join(['b' * 60] * 7)}.example"
    for who in ("Support+x@Example.com", "sam@desk.example", long):
        page = send_files(link, filled(get(link), address=who))
        assert (page.status, wrong_fields(page)) == (422, {"address"})
        page = send_files(mine, filled(get(mine), people=f"bob@acme.example, {who}"))
        assert (page.status, wrong_fields(page)) == (422, {"people"})
        assert page.forms["open"]["people"].endswith(who)
    assert house.cases() == before


def wrong_fields(page: Page) -> set[str]:
    ids = {have.get("id", "") for _, have in page.tags}
    return {one.removesuffix("-wrong") for one in ids if one.endswith("-wrong")}
