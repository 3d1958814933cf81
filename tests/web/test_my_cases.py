"""My cases, and the files of a case: what one customer finds on the pages that are theirs."""

from __future__ import annotations

import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest

from store.cases import attachment as attachments
from tests.stories.test_mail import note_address
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
from tests.support.houses.desk import CONFIG
from tests.support.houses.house import words
from tests.support.setup.fixtures import open_on_each_database
from tests.web.uploads.test_upload import upload_link

house = open_on_each_database(WebHouse)


def listed(page: Page) -> list[str]:
    """The links to cases, in their order."""
    return [have["href"] for tag, have in page.tags if tag == "a" and "/case/" in have.get("href", "")]


def test_my_cases_lead_to_each_of_them_open_ones_first_story(house: WebHouse) -> None:
    for subject in ("First", "Second", "Third"):
        house.send(ANA, DESK, subject, "Words.")
        house.settled()
    house.send(BOB, DESK, "Foreign", "Not Ana's.")
    mails = house.mails("ana@", count=3)
    third = get(case_link(mails[2]))
    third.send("close")
    page = get(page_link(mails[0], "my"))
    assert page.status == 200
    assert [get(link).words.split("CS-")[1][:6] for link in listed(page)] == ["000002", "000001", "000003"]
    assert (
        page.words.index("Under way") < page.words.index("Second") < page.words.index("Resolved and closed")
    )
    for shown in ("Medium", "New", "Closed", "not assigned yet", "CS-000001"):
        assert shown in page.words
    assert "Foreign" not in page.html
    my = {have["href"] for tag, have in third.tags if "/my/" in have.get("href", "")}
    assert len(my) == 1
    assert get(my.pop()).status == 200


def test_a_case_whose_page_has_ended_is_listed_without_a_link(house: WebHouse) -> None:
    house.send(ANA, DESK, "Long ago", "Words.")
    get(case_link(house.mails("ana@")[0])).send("close")
    house.settled()
    house.pass_time(days=20)
    house.send(ANA, DESK, "Since then", "It is back.")
    (mail,) = house.mails("ana@")
    later = get(page_link(mail, "my"))
    assert len(listed(later)) == 2
    house.pass_time(days=31)
    page = get(page_link(mail, "my"))
    assert "Long ago" in page.words
    assert [get(link).status for link in listed(page)] == [200], "no link leads to a page that has ended"


def test_long_lists_have_pages(house: WebHouse) -> None:
    for n in range(27):
        house.send(ANA, DESK, f"Number {n}", "Words.")
    house.settled()
    link = page_link(house.mails("ana@", count=27)[0], "my")
    first, second = get(link), get(f"{link}?page=2")
    assert (len(listed(first)), len(listed(second))) == (25, 2)
    assert "Page 1 of 2" in first.words
    for odd in ("0", "-1", "3", "999999999999", "x", ""):
        assert get(f"{link}?page={odd}").status == 200


def test_who_has_none_is_told_how_to_open_one(house: WebHouse) -> None:
    house.send(ANA, DESK, "Hello", "#my")
    (transcript,) = house.mails("ana@")
    page = get(page_link(transcript, "my"))
    assert "You have no cases yet." in page.words
    assert DESK in page.words
    assert [have for _, have in page.tags if "/new/" in have.get("href", "")]


def test_the_link_lasts_for_some_months_and_is_nobody_elses(
    house: WebHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.send(ANA, DESK, "First", "Words.")
    link = page_link(house.mails("ana@")[0], "my")
    assert get(f"{link}x").status == 404
    before = house.app.desk.clock.read
    monkeypatch.setattr(house.app.desk.clock, "read", lambda: before() + timedelta(days=89))
    assert get(link).status == 200
    monkeypatch.setattr(house.app.desk.clock, "read", lambda: before() + timedelta(days=91))
    assert get(link).status == 410
    assert "First" not in get(link).html


def test_a_merged_case_is_listed_where_it_is_read(house: WebHouse) -> None:
    house.send(ANA, DESK, "First", "Words.")
    house.send(ANA, DESK, "Second", "Words.")
    mails = house.mails("ana@", count=2)
    told = next(mail for mail in house.mails("sam@", count=2) if "CS-000002" in mail["Subject"])
    house.answer(told, SAM, "#merge into CS-000001")
    house.settled()
    page = get(page_link(mails[0], "my"))
    assert len(listed(page)) == 1
    assert "CS-000001" in page.words


def test_customers_fetch_the_files_that_they_may_see(house: WebHouse) -> None:
    house.send(ANA, DESK, "First", "Words.", files={"app.log": b"0123456789"})
    (confirmation,) = house.mails("ana@")
    (told,) = house.mails("sam@")
    house.send(SAM, note_address(told), "Re: x", "For us.", files={"secret.txt": b"canary-internal"})
    house.settled()
    link = case_link(confirmation)
    page = get(link)
    (path,) = {have["href"] for _, have in page.tags if "/file/" in have.get("href", "")}
    file = get(link.rpartition("/")[0] + "/" + path)
    assert (file.status, file.html) == (200, "0123456789")
    assert file.headers["Content-Type"] == "application/octet-stream"
    assert file.headers["Content-Disposition"] == 'attachment; filename="app.log"'
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    part = get(file.url, Range="bytes=2-4")
    assert (part.status, part.html) == (206, "234")
    for entry in house.case().entries:
        assert entry.files
    base, _, shown = file.url.rpartition("/")
    for other in (int(shown) + 1, 0, 2**70):
        assert get(f"{base}/{other}").status == 404
    assert "canary" not in page.html
    assert "secret.txt" not in page.html


def test_nobody_fetches_what_was_kept_for_the_desk_by_its_number(house: WebHouse) -> None:
    house.send(ANA, DESK, "First", "Words.", files={"app.log": b"x"})
    (confirmation,) = house.mails("ana@")
    (told,) = house.mails("sam@")
    house.send(SAM, note_address(told), "Re: x", "For us.", files={"secret.txt": b"canary"})
    house.settled()
    with house.app.database.reading() as tx:
        ids = {row.name: row.id for row in attachments.of_case(tx, 1)}
    link = case_link(confirmation)
    assert get(f"{link}/file/{ids['app.log']}").status == 200
    for number in (ids["secret.txt"], "9" * 5000, "-1", "x"):
        assert get(f"{link}/file/{number}").status == 404
    house.send(BOB, DESK, "Another", "Words.")
    other = case_link(house.mails("bob@")[0])
    assert get(f"{other}/file/{ids['app.log']}").status == 404


def test_looking_at_files_changes_nothing(house: WebHouse) -> None:
    house.send(ANA, DESK, "First", "Words.", files={"app.log": b"x"})
    (confirmation,) = house.mails("ana@")
    house.settled()
    link = case_link(confirmation)
    (path,) = {have["href"] for _, have in get(link).tags if "/file/" in have.get("href", "")}
    (upload,) = {have["href"] for _, have in get(link).tags if "/upload/" in have.get("href", "")}
    before = house.dump()
    for url in (page_link(confirmation, "my"), f"{house.web}/new", f"{link}/{path.partition('/')[2]}", upload,
                f"{upload}/f1234567", f"{house.web}/upload.js"):  # fmt: skip
        for method in ("GET", "HEAD"):
            assert get(url, method).status == 200
    assert house.dump() == before
    assert "words" not in words(confirmation)
    assert (
        urllib.request.urlopen(f"{house.web}/upload.js").headers["Content-Type"].startswith("text/javascript")
    )


def test_the_desk_fetches_what_is_too_large_for_a_mail_story(house: WebHouse) -> None:
    house.send(ANA, DESK, "First", "Words.")
    link = upload_link(get(case_link(house.mails("ana@")[0])))
    house.mails("sam@")
    send_files(link, get(link).forms["attach"], {"dump.bin": b"x" * 8_000_000})
    (told,) = house.mails("sam@")
    assert not list(told.iter_attachments())
    files = page_link(told, "files")
    page = get(files)
    assert (page.status, "dump.bin" in page.words, "8.0 MB" in page.words) == (200, True, True)
    (path,) = {have["href"] for _, have in page.tags if "/file/" in have.get("href", "")}
    assert len(get(f"{files.rpartition('/')[0]}/{path}").html) == 8_000_000
    assert get(f"{files}/file/1").status == 404
    token = files.rpartition("/")[2]
    for purpose in ("case", "my", "mail", "upload"):
        assert get(f"{house.web}/{purpose}/{token}").status == 404
    house.answer(told, SAM, f"Look at {files}")
    (answer,) = house.mails("ana@")
    assert token not in answer.as_string()


def test_the_desks_own_pages_are_in_the_language_of_who_opens_them_story(url: str, tmp_path: Path) -> None:
    german = CONFIG.replace('mail = "sam@desk.example"\n', 'mail = "sam@desk.example"\nlanguage = "de"\n')
    with WebHouse(url, tmp_path, config=german) as house:
        house.send(ANA, DESK, "First", "Words.")
        link = upload_link(get(case_link(house.mails("ana@")[0])))
        house.mails("sam@")
        send_files(link, get(link).forms["attach"], {"dump.bin": b"x" * 8_000_000})
        (told,) = house.mails("sam@")
        page = get(page_link(told, "files"), accept_language="en")
        assert "Dateien" in page.words
        assert "8,0 MB" in page.words
