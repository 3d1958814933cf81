"""Files by mail with ``#attach``: they are on one case, once, and whoever sent them hears where."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.houses.house import House, words

SAM = "Sam <sam@desk.example>"
ANA, DESK = "Ana <ana@acme.example>", "support@example.com"
LOG = {"log.txt": b"a line"}


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[House]:
    with House(url, tmp_path) as started:
        started.send(ANA, DESK, "No delivery", "It stopped yesterday.")
        yield started


def line(mail: object) -> str:
    return " ".join(words(mail).split())


def files(house: House, number: int = 1) -> list[tuple[str, str, list[str]]]:
    """What each entry says, for whom, and its files."""
    return [
        (entry.text, entry.visibility, [file.name for file in entry.files])
        for entry in house.case(number).entries
    ]


def test_a_command_alone_adds_its_files_once(house: House) -> None:
    (confirmation,) = house.mails("ana@")
    house.mails("sam@")
    house.answer(confirmation, ANA, "#attach", files=LOG)
    (answer,) = house.mails("ana@")
    assert line(answer).count("1 file added to CS-000001.") == 1
    assert files(house)[1:] == [("", "public", ["log.txt"])]
    house.mails("sam@")
    assert house.nothing("sam@"), "the desk hears of it once"


def test_words_take_the_files_and_the_command_says_so(house: House) -> None:
    (confirmation,) = house.mails("ana@")
    house.answer(confirmation, ANA, "Here is the log.\n\n#attach", files=LOG)
    (answer,) = house.mails("ana@")
    assert line(answer).count("1 file added to CS-000001.") == 1
    assert files(house)[1:] == [("Here is the log.", "public", ["log.txt"])]


def test_a_first_mail_with_the_command_has_its_files_once(house: House) -> None:
    house.mails("ana@")
    house.send(ANA, DESK, "Another one", "#attach\n\nIt is slow too.", files=LOG)
    (confirmation, answer) = house.mails("ana@", count=2)
    assert "CS-000002" in line(confirmation)
    assert line(answer).count("1 file added to CS-000002.") == 1
    assert files(house, 2) == [("It is slow too.", "public", ["log.txt"])]


def test_files_are_on_one_case_alone(house: House) -> None:
    (confirmation,) = house.mails("ana@")
    house.send(ANA, DESK, "Another one", "It is slow too.")
    house.mails("ana@")
    house.answer(confirmation, ANA, "Here is the log.\n\n#attach CS-000002", files=LOG)
    (answer,) = house.mails("ana@")
    assert "Your files are on CS-000001, so nothing was added to CS-000002." in line(answer)
    assert files(house)[1:] == [("Here is the log.", "public", ["log.txt"])]
    assert len(files(house, 2)) == 1
    house.answer(confirmation, ANA, "#attach CS-000002", files=LOG)
    (answer,) = house.mails("ana@")
    assert "1 file added to CS-000002." in line(answer)
    assert files(house, 2)[1:] == [("", "public", ["log.txt"])]
    assert len(files(house)) == 2


def test_files_that_went_with_a_note_are_sent_to_nobody(house: House) -> None:
    (to_sam,) = house.mails("sam@")
    house.mails("ana@")
    house.answer(to_sam, SAM, "#attach\n#note It is their own log.", files=LOG)
    (transcript,) = house.mails("sam@")
    assert "Your files went with your note, so no customer has them." in line(transcript)
    assert files(house)[1:] == [("It is their own log.", "internal", ["log.txt"])]
    assert house.nothing("ana@")
