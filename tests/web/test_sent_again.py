"""A form whose answer was lost is sent again: what it did is shown, and nothing is done twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.houses.browser import Page, WebHouse, get, send_files
from tests.support.setup.fixtures import open_on_each_database
from tests.web.test_new_case import filled, known
from tests.web.uploads.test_upload import opened, put, scratch, upload_link

Form = dict[str, str | list[str]]


house = open_on_each_database(WebHouse)


def sent_before(house: WebHouse) -> tuple[str, Form]:
    """A link, and its form that names a file which came beforehand."""
    link = upload_link(get(opened(house)))
    assert put(link, "f1234567", b"data", start=0, total=4)[0] == 200
    return link, {**get(link).forms["attach"], "sent": "f1234567/4/a.txt"}


def files(house: WebHouse, number: int = 1) -> list[str]:
    return [file.name for entry in house.case(number).entries for file in entry.files]


def new_form(link: str, **files: bytes) -> Form:
    """Ana's form, the second time: in the first one the subject was missing, so its files are here."""
    page = send_files(link, filled(get(link), subject=""), files)
    assert page.status == 422
    return {**page.forms["open"], "subject": "No delivery", "text": "It stopped."}


def test_files_that_came_beforehand_are_attached_once_however_often_the_page_is_reloaded(
    house: WebHouse,
) -> None:
    link, form = sent_before(house)
    for _ in range(3):
        page = send_files(link, form)
        assert page.status == 200
        assert "have been added" in page.words
    assert files(house) == ["a.txt"]
    assert house.history() == ["opened", "attached"]


def test_files_of_both_kinds_are_attached_once(house: WebHouse) -> None:
    link, form = sent_before(house)
    for _ in range(2):
        assert "have been added" in send_files(link, form, {"b.txt": b"more"}).words
    assert files(house) == ["a.txt", "b.txt"]
    assert scratch(house) == []


def test_a_file_that_is_added_to_a_form_that_was_sent_is_not_lost(house: WebHouse) -> None:
    link, form = sent_before(house)
    send_files(link, form)
    page = send_files(link, form, {"b.txt": b"more"})
    assert page.status == 422
    assert "Something else has been sent" in page.words
    assert "not here in full" not in page.words
    assert "have been added" in send_files(link, page.forms["attach"]).words
    assert files(house) == ["a.txt", "b.txt"]


def test_a_form_that_used_up_the_day_is_known_when_it_is_sent_again(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_LIMITS__UPLOADS_PER_ACCOUNT", "1000")
    with WebHouse(url, tmp_path) as house:
        link = upload_link(get(opened(house)))
        form = get(link).forms["attach"]
        for _ in range(2):
            assert "have been added" in send_files(link, form, {"a.txt": b"x" * 900}).words
        assert files(house) == ["a.txt"]


def test_a_case_with_files_that_came_beforehand_is_opened_once(house: WebHouse) -> None:
    link = known(house)
    form = new_form(link, **{"a.txt": b"data"})
    pages: list[Page] = [send_files(link, form) for _ in range(3)]
    assert {page.status for page in pages} == {200}
    assert {page.words.count("Your case is open.") for page in pages} == {1}
    assert house.cases() == ["CS-000001", "CS-000002"]
    assert files(house, 2) == ["a.txt"]
    other = send_files(link, {**form, "text": "Something else."})
    assert other.status == 422
    assert "Something else has been sent" in other.words
    assert "not here in full" not in other.words
    assert house.cases() == ["CS-000001", "CS-000002"]


def test_somebody_unknown_who_reloads_reads_the_same_number(house: WebHouse) -> None:
    link = f"{house.web}/new"
    form = {**new_form(link, **{"a.txt": b"data"}), "address": "zoe@other.example"}
    for _ in range(2):
        assert "Your case is CS-000001" in send_files(link, form).words
    assert house.cases() == ["CS-000001"]
