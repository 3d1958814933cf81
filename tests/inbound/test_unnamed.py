"""Mail whose From names nobody: the desk sees it as it came, says whose it is, and then can answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.case import Open, Reply
from bot.commands.triage import Accept
from bot.commands.work import AskFor, SetField
from bot.model.identity import Proof
from tests.support.houses.console import in_an_empty_folder, said
from tests.support.houses.desk import TestDesk
from tests.support.houses.house import House, flat, words
from tests.support.setup.fixtures import open_on_sqlite

__all__ = ["in_an_empty_folder"]

SAM, JOHN = "sam@desk.example", "john@acme.example"
RAW = b"From: %s\r\nTo: support@example.com\r\nSubject: No delivery\r\nMessage-ID: <%d@acme.example>\r\n\r\nHelp.\r\n"
TWO = b"John Doe <john@acme.example>, Jane <jane@acme.example>"


house = open_on_sqlite(House)


@pytest.mark.parametrize(
    "sender",
    [
        b"John Doe (Acme) <john@acme.example>",
        b"john@acme.example (John Doe)",
        b'"John Doe" <john@acme.example> (Acme)',
        b"Doe, John <john@acme.example>",
    ],
)
def test_whoever_writes_their_company_behind_their_name_is_answered(house: House, sender: bytes) -> None:
    house.submit(RAW % (sender, 1))
    (confirmation,) = house.mails(JOHN)
    assert "CS-000001" in confirmation["Subject"]
    (told,) = house.mails(SAM)
    house.answer(told, SAM, "It runs again.")
    (answer,) = house.mails(JOHN)
    assert "It runs again." in words(answer)
    assert not house.case().line.held


def test_the_desk_says_whose_mail_it_is_and_they_are_answered(house: House) -> None:
    house.submit(RAW % (TWO, 1))
    (told,) = house.mails(SAM)
    assert (
        "From names nobody whom we can answer: John Doe <john@acme.example>, Jane <jane@acme.example>"
        in flat(told)
    )
    assert "#set requester: ana@example.com" in words(told)
    assert "this address" not in words(told)
    shown = house.case()
    assert shown.line.held
    assert any(TWO.decode() in event.detail for event in shown.history)
    house.answer(told, SAM, "Is it solved?")
    (transcript,) = house.mails(SAM)
    assert "sent to nobody: no customer can be reached" in flat(transcript)
    assert "set requester:" in flat(transcript)
    house.answer(told, SAM, f"#set requester: {JOHN}\n#accept")
    (confirmation,) = house.mails(JOHN)
    assert "CS-000001" in confirmation["Subject"]
    assert "Help." in words(confirmation)
    house.answer(told, SAM, "It runs again.")
    (answer,) = house.mails(JOHN)
    assert "It runs again." in words(answer)
    house.answer(answer, f"John <{JOHN}>", "Yes, thank you for asking. One thing more, though.")
    house.settled()
    view = house.case()
    assert view.entries[-1].address == JOHN
    assert [(part.address, part.role) for part in view.participants if part.role != "removed"] == [
        (JOHN, "requester")
    ]
    assert house.nothing("jane@acme.example")
    assert house.cases() == ["CS-000001"]


def test_a_mail_without_a_from_says_so(house: House) -> None:
    house.submit(RAW.replace(b"From: %s\r\n", b"") % 1)
    (told,) = house.mails(SAM)
    assert "there is no From" in words(told)


NOBODY = "unknown sender"


def test_accepting_such_a_mail_claims_nothing_that_is_not_so(desk: TestDesk) -> None:
    desk.ask(NOBODY, Open("No delivery", "Help."), proof=Proof.UNPROVEN)
    (line,) = desk.ask(SAM, Accept(1)).answered
    assert line.text.startswith(
        "CS-000001 continues, but no customer was notified: mail cannot reach its sender."
    )
    assert "set requester:" in line.text
    assert "was told its number" not in line.text


def test_of_two_such_mails_only_the_one_is_given_away(desk: TestDesk) -> None:
    desk.ask(NOBODY, Open("No delivery", "Help."), proof=Proof.UNPROVEN)
    desk.ask(NOBODY, Open("No report", "Help, too."), proof=Proof.UNPROVEN)
    desk.ask(SAM, Accept(1))
    (line,) = desk.ask(SAM, SetField(1, "requester", JOHN)).answered
    assert line.text == f"CS-000001 is {JOHN}'s now, and they were told."
    assert len(desk.mails(JOHN)) == 1
    assert [desk.case(number).line.requester for number in (1, 2)] == [JOHN, NOBODY]
    assert [desk.case(number).line.held for number in (1, 2)] == [False, True]


def test_while_it_is_held_the_new_requester_is_told_nothing(desk: TestDesk) -> None:
    desk.ask(NOBODY, Open("No delivery", "Help."), proof=Proof.UNPROVEN)
    (line,) = desk.ask(SAM, SetField(1, "requester", JOHN)).answered
    assert "nobody was told" in line.text
    assert desk.mails(JOHN) == []
    (line,) = desk.ask(SAM, Accept(1)).answered
    assert line.text == f"CS-000001 goes on, and {JOHN} was told its number."
    assert len(desk.mails(JOHN)) == 1


def test_nobody_is_asked_for_more(desk: TestDesk) -> None:
    desk.ask(NOBODY, Open("No delivery", "Help."), proof=Proof.UNPROVEN)
    desk.ask(SAM, Accept(1))
    (line,) = desk.ask(SAM, AskFor(1, "Which deal?")).answered
    assert (line.outcome, "no customer of CS-000001 can be reached" in line.text) == ("refused", True)
    (line,) = desk.ask(SAM, Reply(1, "Which deal?")).answered
    assert "nobody: no customer can be reached" in line.text


def test_explain_shows_such_a_from_as_it_came() -> None:
    said("init", "support@example.com")
    Path("m.eml").write_bytes(RAW % (TWO + b"\r\n\tx" + b"y" * 500, 1))
    shown = said("explain", "m.eml")
    assert f"because From names nobody whom we can answer: {TWO.decode()}" in shown
    assert "y" * 300 not in shown
