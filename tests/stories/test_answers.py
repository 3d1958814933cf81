"""Answers by mail that would look sent, or given once, and are not: whoever wrote them hears it."""

from __future__ import annotations

import pytest

from bot.people.csv_file import open_file
from bot.people.importer import PeopleImport
from tests.support.houses.house import House, words

SAM, MAX = "Sam <sam@desk.example>", "Max <max@desk.example>"
ANA, DESK = "Ana <ana@acme.example>", "support@example.com"


def line(mail: object) -> str:
    return " ".join(words(mail).split())


def has_left(house: House, address: str) -> None:
    app = house.app
    file = open_file(f"mail,role\n{address},inactive\n".encode(), app.config.profiles)
    PeopleImport(app.config, app.database, app.writer, usual="", now=app.desk.now).run(
        file, lambda count: None
    )


def test_whoever_answers_after_a_colleague_hears_that_the_customer_has_two(house: House) -> None:
    house.send(ANA, DESK, "No delivery", "It stopped yesterday.")
    (to_sam,), (to_max,) = house.mails("sam@"), house.mails("max@")
    house.answer(to_sam, SAM, "Please wait, we look.")
    (confirmation, _) = house.mails("ana@", count=2)
    assert house.nothing("sam@")
    house.answer(to_max, MAX, "Please restart it.")
    (warning,) = house.mails("max@")
    assert "Sam Specialist had answered already, so the customer has two answers." in line(warning)
    house.answer(confirmation, ANA, "I have done both.")
    house.mails("sam@")
    house.answer(to_max, MAX, "Fine.")
    assert house.nothing("max@"), "the customer had said something in between"


def test_an_answer_that_reaches_nobody_does_not_look_sent(house: House) -> None:
    house.send(ANA, DESK, "No delivery", "It stopped yesterday.")
    (told,) = house.mails("sam@")
    house.mails("ana@")
    has_left(house, "ana@acme.example")
    house.answer(told, SAM, "We found it.")
    (transcript,) = house.mails("sam@")
    assert "nobody: no customer can be reached" in line(transcript)
    house.answer(told, SAM, "", files={"fix.txt": b"x"})
    (transcript,) = house.mails("sam@")
    assert "nobody: no customer can be reached" in line(transcript)
    house.answer(told, SAM, "#ask Which deal?")
    (transcript,) = house.mails("sam@")
    assert "Nobody was asked: no customer of CS-000001 can be reached." in line(transcript)
    assert house.case().line.state == "open"
    assert house.nothing("ana@")


def test_a_specialist_who_asks_for_himself_speaks_as_a_customer(house: House) -> None:
    house.send(SAM, DESK, "My own screen", "It is dark.")
    (confirmation,) = house.mails("sam@")
    (told,) = house.mails("max@")
    house.answer(confirmation, SAM, "Still dark.")
    (more,) = house.mails("max@")
    assert "Still dark." in words(more)
    assert house.history() == ["opened", "replied"]
    assert house.case().line.owner == ""
    house.answer(told, MAX, "Press the button.")
    (answer,) = house.mails("sam@")
    assert "Press the button." in words(answer)
    assert house.nothing("sam@")


def test_thanks_with_a_close_are_answered_once(house: House) -> None:
    house.send(ANA, DESK, "No delivery", "It stopped yesterday.")
    (told,) = house.mails("sam@")
    house.answer(told, SAM, "#close resolved")
    house.mails("sam@")
    _, closed = house.mails("ana@", count=2)
    house.answer(closed, ANA, "Thank you!\n#close")
    (transcript,) = house.mails("ana@")
    assert "stays resolved" not in line(transcript)
    assert house.case().line.state == "closed"
    assert house.nothing("ana@")
    (news,) = house.mails("sam@")
    assert "stays resolved" not in line(news)


def test_whoever_takes_part_already_is_not_refused(house: House) -> None:
    house.send(ANA, DESK, "No delivery", "It stopped yesterday.")
    (told,) = house.mails("sam@")
    (confirmation,) = house.mails("ana@")
    house.answer(told, SAM, "#add zoe@other.example")
    house.mails("zoe@")
    house.answer(confirmation, ANA, "#add zoe@other.example")
    (transcript,) = house.mails("ana@")
    assert "zoe@other.example takes part in CS-000001 already." in line(transcript)


@pytest.mark.parametrize(
    ("on", "said", "part"), [(2, "#merge 1", 1), (2, "#merge CS-000001", 1), (1, "#merge 2 into 1", 2)]
)
def test_a_case_is_merged_alike_however_its_number_is_written(
    house: House, on: int, said: str, part: int
) -> None:
    told = []
    for subject in ("No delivery", "Still none"):
        house.send(ANA, DESK, subject, "It stopped yesterday.")
        told += house.mails("sam@")
    house.answer(told[on - 1], SAM, said)
    (transcript,) = house.mails("sam@")
    assert f"CS-00000{part} is a part of CS-00000{3 - part} now" in line(transcript)
