"""Stories: people in Cc, who is told of them, and how they come to be told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.support.houses.house import House, flat, words
from tests.support.houses.office import Office, said
from tests.support.setup import databases

ANA, SAM, DESK = "Ana <ana@acme.example>", "Sam <sam@desk.example>", "support@example.com"
CARL = {"Cc": "Carl <carl@partner.example>"}


def opened(house: House, **headers: str) -> tuple[Any, Any]:
    """Ana's case is open and Sam's: her confirmation, and the mail that Sam got."""
    house.send(ANA, DESK, "No delivery", "It stopped yesterday.", headers=headers)
    (confirmation,) = house.mails("ana@")
    (told,) = house.mails("sam@")
    house.answer(told, SAM, "#take")
    house.mails("sam@")
    house.mails("max@")
    return confirmation, told


def reply(house: House, mail: Any, sender: str, text: str, **headers: str) -> None:
    """An answer, by its sender's program, with a Cc."""
    house.send(sender, str(mail["Reply-To"]), f"Re: {mail['Subject']}", text, headers=headers)


def test_the_desk_hears_who_was_in_cc_of_an_answer_and_lets_them_in(house: House) -> None:
    confirmation, _ = opened(house)
    reply(house, confirmation, ANA, "Carl knows more.", **CARL)
    (told,) = house.mails("sam@")
    assert "In Cc, and not told anything by us: carl@partner.example." in flat(told)
    assert "#add carl@partner.example" in words(told)
    assert house.nothing("carl@")
    reply(house, confirmation, ANA, "Does he hear us?", **CARL)
    (again,) = house.mails("sam@")
    assert "In Cc" not in words(again), "once is enough"
    house.answer(told, SAM, "#add carl@partner.example")
    (added,) = house.mails("carl@")
    assert "CS-000001" in added["Subject"]


def test_a_mailbox_with_a_plus_in_its_address_is_nobody_to_let_in(tmp_path: Path) -> None:
    more = '[[mailbox]]\naddress = "team+support@mail.example"\n'
    with House(databases.sqlite(tmp_path), tmp_path, more=more) as house:
        house.send(ANA, "team+support@mail.example", "No delivery", "It stopped yesterday.")
        (confirmation,) = house.mails("ana@")
        (told,) = house.mails("sam@")
        reply_address = str(confirmation["Reply-To"])
        assert "team+support+" in reply_address
        reply(house, told, SAM, "#take", Cc=f"{reply_address}, Team <team+support@mail.example>")
        reply(house, confirmation, ANA, "It is urgent.", Cc="Team <Team+Support@mail.example>")
        house.settled()
        assert {part.address for part in house.case().participants} == {"ana@acme.example"}
        reply(house, told, SAM, "#add team+support@mail.example")
        house.settled()
        assert {part.address for part in house.case().participants} == {"ana@acme.example"}


def test_the_desk_hears_who_was_in_cc_of_files(house: House) -> None:
    confirmation, _ = opened(house)
    to = str(confirmation["Reply-To"])
    house.send(ANA, to, "Re: No delivery", "", headers=CARL, files={"app.log": b"log"})
    (told,) = house.mails("sam@")
    assert "#add carl@partner.example" in words(told)


def test_the_desk_hears_who_was_in_cc_of_a_new_case(house: House) -> None:
    _, told = opened(house, **CARL)
    assert "In Cc, and not told anything by us: carl@partner.example." in flat(told)


def test_whoever_is_answered_hears_that_their_cc_is_not_told(house: House) -> None:
    confirmation, _ = opened(house)
    reply(house, confirmation, ANA, "Carl knows more.\n\n#show", **CARL)
    (transcript,) = house.mails("ana@")
    assert "Not told yet: carl@partner.example." in flat(transcript)
    assert "The support team decides whether they are included." in flat(transcript)
    assert "#add" not in flat(transcript), "that would only propose him once more"
    reply(house, confirmation, ANA, "And another thing.", Cc="dora@partner.example")
    assert house.nothing("ana@"), "plain words are not answered"


def test_a_specialist_hears_who_gets_nothing_that_follows(house: House) -> None:
    _, told = opened(house)
    reply(house, told, SAM, "We found it.", **CARL)
    (answer,) = house.mails("ana@")
    assert "We found it." in words(answer)
    (transcript,) = house.mails("sam@")
    assert "on its way to Ana." in flat(transcript)
    assert "carl@partner.example in Cc takes no part in the case" in flat(transcript)
    assert "a line such as #add carl@partner.example." in flat(transcript)
    assert house.nothing("carl@")
    house.answer(transcript, SAM, "#add carl@partner.example")
    (added,) = house.mails("carl@")
    assert "CS-000001" in added["Subject"]


def test_whom_the_same_mail_adds_is_named_once(house: House) -> None:
    confirmation, told = opened(house)
    reply(house, told, SAM, "We found it.\n\n#add carl@partner.example", **CARL)
    (transcript,) = house.mails("sam@")
    assert "carl@partner.example was added" in flat(transcript)
    assert "takes no part" not in flat(transcript)
    house.mails("ana@")
    reply(
        house,
        confirmation,
        ANA,
        "Thank you, I include Dora.\n\n#add dora@acme.example",
        Cc="dora@acme.example",
    )
    (transcript,) = house.mails("ana@")
    assert "dora@acme.example was added" in flat(transcript)
    assert "Not told yet" not in flat(transcript)


def test_a_specialist_whose_cc_takes_part_is_not_answered(house: House) -> None:
    _, told = opened(house)
    reply(house, told, SAM, "We found it.", Cc=f"{ANA}, max@desk.example, {DESK}")
    (answer,) = house.mails("ana@")
    assert "We found it." in words(answer)
    assert house.nothing("sam@")


def test_in_slack_the_desk_hears_it_and_lets_them_in_as_its_people_do(office: Office) -> None:
    office.send(ANA, DESK, "No delivery", "It stopped yesterday.")
    (confirmation,) = office.mails("ana@")
    reply(office, confirmation, ANA, "Carl knows more.", **CARL)
    told = office.in_thread("In Cc, and not told anything by us")
    assert "carl@partner.example" in said(told)
    assert "`!add carl@partner.example` here" in said(told)
    office.slack.people.post("sam", "triage", "!add carl@partner.example", thread_ts=office.card().ts)
    (added,) = office.mails("carl@")
    assert "CS-000001" in added["Subject"]
