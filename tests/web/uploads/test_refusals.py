"""Why files could not be kept: what is said of each kind of trouble, and with which status."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channel.upload_drafts import InUse
from bot.model.errors import NoRoom
from channels.web.uploads import multipart
from channels.web.uploads.file_form import STATUS, why_not
from channels.web.uploads.incoming import IncomingFile, read_word
from tests.support.houses.browser import WebHouse, get, send_files
from tests.support.setup import databases
from tests.web.uploads.test_upload import digest, opened, put, upload_link


@pytest.mark.parametrize(
    ("error", "key", "status"),
    [
        (NoRoom("a day's uploads"), "day", 413),
        (OSError(errno.ENOSPC, "No space left on device"), "full", 507),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "full", 507),
        (FileNotFoundError(errno.ENOENT, "gone"), "lost", 422),
        (InUse("f1234567"), "later", 503),
        (OSError(errno.EIO, "Input/output error"), "later", 503),
    ],
)
def test_each_kind_of_trouble_has_its_words(error: Exception, key: str, status: int) -> None:
    assert why_not(error) == key
    assert STATUS.get(key, 422) == status


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebHouse]:
    monkeypatch.setenv("CASEBOT_LIMITS__UPLOADS_PER_ACCOUNT", "100000")
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as standing:
        yield standing


def test_a_days_quota_is_said_where_the_file_is_not_taken(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    page = send_files(link, {**get(link).forms["attach"]}, {"dump.bin": b"x" * 200_000})
    assert page.status == 413
    assert "dump.bin" in page.words
    assert "day" in page.words
    assert [file for entry in house.case().entries for file in entry.files] == []


def test_only_what_is_not_taken_tries_our_patience(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multipart, "PATIENCE", 60_000)
    link = upload_link(get(opened(house)))
    page = send_files(link, get(link).forms["attach"], {"good.bin": b"x" * 90_000})
    assert "Your files have been added to the case" in page.words
    page = send_files(link, get(link).forms["attach"], {"dump.bin": b"x" * 60_000})
    assert (page.status, "dump.bin" in page.words) == (413, True)
    page = send_files(link, get(link).forms["attach"], {"dump.bin": b"x" * 200_000})
    assert (page.status, "dump.bin" in page.words) == (413, False)


def test_a_place_for_files_that_cannot_be_written_is_our_fault_and_said_in_words(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    form = get(link).forms["attach"]
    done = send_files(link, {**form}, {"first.txt": b"first"})
    assert "Your files have been added to the case" in done.words
    page = send_files(link, {**get(link).forms["attach"], "sent": "f1234567/5/lost.txt"})
    assert page.status == 422
    assert "lost.txt" in page.words
    assert "Traceback" not in page.html


@pytest.mark.parametrize("draft", ["a", "7f", "a" * 40])
def test_a_form_says_which_files_it_means(draft: str) -> None:
    assert read_word(f"{draft}/5/a.txt") == IncomingFile(draft, "a.txt", 5)


@pytest.mark.parametrize(
    "word", ["", "/5/a.txt", "A/5/a.txt", "ä/5/a.txt", "a.b/5/a.txt", f"{'a' * 41}/5/a.txt", "a/-5/a.txt", "a/x/a.txt"]
)  # fmt: skip
def test_what_says_something_else_means_no_file(word: str) -> None:
    assert read_word(word) is None


def test_what_fills_a_limit_is_taken_and_a_byte_more_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEBOT_WEB__UPLOAD_MAX", "1000000")
    monkeypatch.setenv("CASEBOT_LIMITS__UPLOADS_PER_ACCOUNT", "1000000")
    with WebHouse(databases.sqlite(tmp_path), tmp_path) as house:
        link = upload_link(get(opened(house)))
        status, said = put(link, "f1234567", b"x", start=0, total=1_000_001)
        assert (status, "larger than what we take" in said["words"]) == (413, True)
        assert put(link, "f1234567", b"x", start=0, total=1_000_000) == (200, {"have": 1})
        status, said = put(link, "f7654321", b"x", start=0, total=1_000_000)
        assert (status, "as much today" in said["words"]) == (413, True)
        assert put(link, "f7654321", b"x", start=0, total=999_999) == (200, {"have": 1})


def test_a_form_has_three_hundred_parts_at_most(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    form = get(link).forms["attach"]
    parts = {f"x{n}": "" for n in range(299 - len(form))}  # and the field of the files
    assert send_files(link, form | parts).status == 422
    assert send_files(link, form | parts | {"more": ""}).status == 413


def test_a_piece_of_which_nothing_came_has_not_come_bent(house: WebHouse) -> None:
    link = upload_link(get(opened(house)))
    nothing = put(
        link, "f1234567", b"", start=0, total=4, Content_Range="bytes 0-3/4", Content_Digest=digest(b"good")
    )
    assert nothing == (200, {"have": 0})
