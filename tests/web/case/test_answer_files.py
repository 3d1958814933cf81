"""An answer with files from the page of a case: one entry, however often it is sent, and nothing lost by a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.houses.browser import ANA, DESK, WebHouse, case_link, get, send_files
from tests.support.houses.house import words
from tests.support.setup.fixtures import open_on_each_database
from tests.web.uploads.test_upload import digest, opened, put, scratch

house = open_on_each_database(WebHouse)


def test_an_answer_and_its_files_are_one_entry_story(house: WebHouse) -> None:
    link = opened(house)
    form = {**get(link).forms["reply"], "text": "Here is the log."}
    page = send_files(link, form, {"app.log": b"x" * 2_000_000, "größe.csv": b"a;b"})
    assert page.status == 200
    assert "Your message has been added" in page.words
    (told,) = house.mails("sam@")
    assert "Here is the log." in words(told)
    assert "app.log" in words(told)
    assert house.nothing("sam@")
    entry = house.case().entries[-1]
    assert (entry.text, entry.channel) == ("Here is the log.", "web")
    assert [(file.name, file.size) for file in entry.files] == [("app.log", 2_000_000), ("größe.csv", 3)]
    assert house.history() == ["opened", "replied"]
    assert scratch(house) == []


def test_files_alone_are_an_answer(house: WebHouse) -> None:
    link = opened(house)
    page = send_files(link, get(link).forms["reply"], {"app.log": b"x"})
    assert "Your message has been added" in page.words
    entry = house.case().entries[-1]
    assert (entry.text, [file.name for file in entry.files]) == ("", ["app.log"])


def test_neither_words_nor_files_is_said_at_the_field(house: WebHouse) -> None:
    link = opened(house)
    page = send_files(link, get(link).forms["reply"])
    assert page.status == 422
    assert "Please write a few words, or choose a file." in page.words
    assert house.history() == ["opened"]


def test_files_are_kept_when_the_form_comes_back(house: WebHouse) -> None:
    link = opened(house)
    page = send_files(link, {**get(link).forms["reply"], "text": "x" * 50_001}, {"app.log": b"x" * 48_000})
    assert page.status == 422
    assert "app.log 48 kB, has arrived" in page.words
    form = {**page.forms["reply"], "text": "Shorter."}
    for _ in range(3):
        assert "has been added" in send_files(link, form).words
    assert [(entry.text, len(entry.files)) for entry in house.case().entries[1:]] == [("Shorter.", 1)]
    assert scratch(house) == []


def test_a_case_is_opened_again_with_what_is_wrong_and_a_picture_of_it(house: WebHouse) -> None:
    link = opened(house)
    closed = get(link).send("close")
    missing = send_files(link, closed.forms["reopen"], {"what.png": b"picture"})
    assert missing.status == 422
    assert "what.png" in missing.words
    page = send_files(link, {**missing.forms["reopen"], "text": "It came back."})
    assert "open again" in page.words
    entry = house.case().entries[-1]
    assert (entry.text, [file.name for file in entry.files]) == ("It came back.", ["what.png"])
    assert house.case().line.state == "open"


def test_a_file_in_pieces_goes_with_the_answer(house: WebHouse) -> None:
    link = opened(house)
    first, second = b"x" * 70_000, b"y" * 30_000
    for data, start in ((first, 0), (second, 70_000)):
        status, _ = put(
            f"{link}/draft", "f1234567", data, start=start, total=100_000, Content_Digest=digest(data)
        )
        assert status == 200
    form = {**get(link).forms["reply"], "text": "The dump.", "sent": "f1234567/100000/dump.bin"}
    assert "has been added" in send_files(link, form).words
    (file,) = house.case().entries[-1].files
    assert (file.name, file.size) == ("dump.bin", 100_000)


def test_a_file_that_is_not_here_any_more_is_asked_for_once_more(house: WebHouse) -> None:
    link = opened(house)
    form = {**get(link).forms["reply"], "text": "The dump.", "sent": "f7654321/100000/dump.bin"}
    page = send_files(link, form)
    assert page.status == 422
    assert "dump.bin: This file is not here in full any more." in page.words
    assert page.forms["reply"]["text"] == "The dump."
    assert house.history() == ["opened"]


def test_files_that_are_too_large_are_refused_and_the_words_stay(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_WEB__UPLOAD_MAX", "1000")
    with WebHouse(url, tmp_path) as house:
        link = opened(house)
        form = {**get(link).forms["reply"], "text": "The dump."}
        page = send_files(link, form, {"small.txt": b"x", "dump.bin": b"x" * 1001})
        assert page.status == 413
        assert "dump.bin: This file is larger than what we take here." in page.words
        assert page.forms["reply"]["text"] == "The dump."
        assert "small.txt" in page.words
        assert house.history() == ["opened"]
        assert "has been added" in send_files(link, page.forms["reply"]).words
        assert [file.name for file in house.case().entries[-1].files] == ["small.txt"]


def test_a_form_that_is_sent_again_with_another_file_says_so_and_keeps_it(house: WebHouse) -> None:
    link = opened(house)
    form = {**get(link).forms["reply"], "text": "The log."}
    assert "has been added" in send_files(link, form, {"app.log": b"one"}).words
    other = send_files(link, form, {"app.log": b"two"})
    assert other.status == 422
    assert "Something else has been sent from this page already" in other.words
    assert "has been added" in send_files(link, other.forms["reply"]).words
    assert [len(entry.files) for entry in house.case().entries] == [0, 1, 1]


def test_an_answer_to_a_case_that_was_closed_in_the_meantime_is_not_lost_by_a_mistake(
    house: WebHouse,
) -> None:
    link = opened(house)
    old = {**get(link).forms["reply"], "text": "x" * 50_001}
    get(link).send("close")
    page = send_files(link, old, {"app.log": b"x" * 48_000})
    assert page.status == 422
    assert page.forms["reopen"]["text"] == "x" * 50_001
    assert "app.log 48 kB, has arrived" in page.words
    assert "This is too long. Please shorten it." in page.words


def test_files_of_other_forms_are_not_taken(house: WebHouse) -> None:
    link = opened(house)
    assert send_files(link, {**get(link).forms["close"]}, {"app.log": b"x"}).status == 200
    assert house.case().line.state == "closed"
    assert [len(entry.files) for entry in house.case().entries] == [0]
    assert scratch(house) == []


def test_sizes_are_written_as_the_readers_language_has_them(house: WebHouse) -> None:
    text = "Seit Montag fehlt in der Summe der Rechnung der Versand. Können Sie uns bitte helfen?"
    house.send(ANA, DESK, "Die Summe ist falsch", text, files={"app.log": b"x" * 1_500_000})
    (confirmation,) = house.mails("ana@")
    link = case_link(confirmation)
    assert get(link).words.count("1,5 MB") == 2, "in the conversation and beside it"
    page = send_files(link, {**get(link).forms["reply"], "text": "x" * 50_001}, {"b.log": b"x" * 2_500_000})
    assert "b.log 2,5 MB, ist angekommen" in page.words
