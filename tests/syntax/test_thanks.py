"""Thanks: a case that is over stays so when its customer says no more than that."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.syntax.thanks import mere
from tests.support.houses.browser import ANA, DESK, SAM, WebHouse, case_link, get
from tests.support.houses.house import until, words
from tests.support.houses.office import Office, said
from tests.support.setup.fixtures import open_on_each_database

house = open_on_each_database(WebHouse)


def closed(house: WebHouse, command: str = "#close resolved It delivers again.") -> Any:
    """What Ana was told when Sam closed her case."""
    house.send(ANA, DESK, "Deal ID 12333: no delivery", "It stopped.")
    house.mails("ana@")
    (told,) = house.mails("sam@")
    house.answer(told, SAM, command)
    (mail,) = house.mails("ana@")
    house.settled()
    house.mails("sam@")
    return mail


@pytest.mark.parametrize(
    ("state", "command"), [("resolved", "#close resolved It runs."), ("closed", "#close not ours: Sorry.")]
)
def test_thanks_by_mail_are_kept_and_open_nothing(house: WebHouse, state: str, command: str) -> None:
    mail = closed(house, command)
    house.answer(mail, ANA, "Thank you so much, it works now!\n\nBest regards\nAna")
    (welcome,) = house.mails("ana@")
    assert "You are welcome" in words(welcome)
    (told,) = house.mails("sam@")
    assert f"Ana said thanks; the case stays {state}" in words(told)
    view = house.case()
    assert (view.line.state, view.entries[-1].visibility) == (state, "public")
    assert house.history()[-1] == "thanked"


def test_the_way_back_is_a_click_away_and_looking_opens_nothing(house: WebHouse) -> None:
    house.answer(closed(house), ANA, "Thanks!")
    (welcome,) = house.mails("ana@")
    page = get(case_link(welcome))
    assert house.case().line.state == "resolved"
    page.send("reopen", text="It stopped again.")
    house.settled()
    assert house.case().line.state == "open"


@pytest.mark.parametrize(
    "text",
    ["Thanks, but it is the same.", "Thanks! Is it safe now?", "Thank you. And deal 12334?", "It is back."],
)
def test_whoever_says_more_has_said_something(house: WebHouse, text: str) -> None:
    house.answer(closed(house), ANA, text)
    house.settled()
    assert house.case().line.state == "open"


def test_a_file_says_more_than_thanks(house: WebHouse) -> None:
    house.answer(closed(house), ANA, "Thanks!", files={"error.png": b"x"})
    house.settled()
    assert house.case().line.state == "open"


def test_late_thanks_open_no_new_case(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = closed(house, "#close not ours: Sorry.")
    before = house.app.desk.clock.read
    monkeypatch.setattr(house.app.desk.clock, "read", lambda: before() + timedelta(days=20))
    house.answer(mail, ANA, "Thank you, Sam, have a good day!")
    house.settled()
    assert house.cases() == ["CS-000001"]
    house.answer(mail, ANA, "Thank you, but it is back.")
    assert house.cases() == ["CS-000001", "CS-000002"]


def test_thanks_in_a_customers_thread_are_kept_and_open_nothing(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path) as office:
        people = office.slack.people
        seen = people.slash("ana", "acme", "/case new Deal ID 12333: no delivery", wait=5)
        people.type_into("ana", seen.modal.id, "text", "Since this morning.")
        people.submit("ana", seen.modal.id)
        (told,) = until(lambda: office.messages("acme"))
        people.post("sam", "triage", "!close resolved, please check", thread_ts=office.card().ts)
        until(lambda: [m for m in office.replies(told) if "closed" in said(m)])
        people.post("ana", "acme", "Thanks a lot, Sam :tada:", thread_ts=told.ts)
        office.in_thread("said thanks; the case stays resolved")
        assert until(lambda: [m for m in office.replies(told) if "You are welcome" in said(m)])
        assert office.case().line.state == "resolved"


LETTERS = [
    "Thanks!", "Thank you for your quick help 👍", "THX", "Many thanks, all good now.\n\nKind regards,\nAna Ferrer",
    "Vielen Dank für die schnelle Hilfe!\n\nMit freundlichen Grüßen\nAna", "Danke, läuft wieder.",
    "Merci beaucoup, c'est bon.", "Muchas gracias por su ayuda", "Grazie mille!", "Obrigado pela ajuda.",
    "Hartelijk bedankt!", "Dziękuję bardzo za pomoc", "Tack så mycket!", "Mange tak", "Kiitos paljon",
    "Спасибо большое!", "ありがとうございました。", "谢谢！", "Thanks, Sam :tada:",
]  # fmt: skip
MORE = [
    "Hello", "It works", "No thanks", "Thanks for nothing", "Thanks, it fails", "Thanks, the problem is there again",
    "Danke, geht nicht", "Merci mais non", "Gracias, pero no funciona", "Thanks. 3 more?",
    "Thanks, see https://acme.example", "Спасибо, не работает", "Thanks " * 40, "",
]  # fmt: skip


@pytest.mark.parametrize("text", LETTERS)
def test_these_say_thanks_and_no_more(text: str) -> None:
    assert mere(text, ["Ana Ferrer", "Sam Specialist"])


@pytest.mark.parametrize("text", MORE)
def test_these_say_something_else(text: str) -> None:
    assert not mere(text, ["Ana Ferrer", "Sam Specialist"])
