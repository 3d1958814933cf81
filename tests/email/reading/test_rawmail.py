"""A mail as it came: the desk can have it as a file, and nobody else can."""

from __future__ import annotations

import re
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from store.directory import staff
from tests.support.houses.browser import ANA, DESK, SAM, WebHouse, case_link, get
from tests.support.houses.house import until, words
from tests.support.houses.office import Office
from tests.support.houses.slack_house import words_of
from tests.support.setup.fixtures import open_on_each_database

RAW = (
    b"From: Ana <ana@acme.example>\r\nTo: support@example.com\r\nSubject: Numbers\r\nMessage-ID: <1@acme.example>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    b"<p>They differ \xe2\x80\x94 see <script>alert(1)</script></p>\r\n"
)

house = open_on_each_database(WebHouse)


def link(mail: Any) -> str:
    """The link to the mail that a notice tells of."""
    (found,) = set(
        re.findall(r"http://[^\s\"'<>|]+/mail/[\w.-]+", mail if isinstance(mail, str) else words(mail))
    )
    return str(found)


def fetched(url: str) -> tuple[bytes, Any]:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read(), answer.headers


def later(house: WebHouse, patch: pytest.MonkeyPatch, **time: float) -> None:
    before = house.app.desk.clock.read
    patch.setattr(house.app.desk.clock, "read", lambda: before() + timedelta(**time))


@pytest.mark.parametrize(
    "more", [b"", b"<p>" + b"A line of a large mail.\r\n" * 20_000 + b"</p>\r\n"], ids=["small", "large"]
)
def test_a_specialist_has_the_mail_byte_for_byte(house: WebHouse, more: bytes) -> None:
    house.submit(RAW + more)
    (told,) = house.mails("sam@")
    data, headers = fetched(link(told))
    assert RAW + more in data
    assert headers["Content-Type"] == "message/rfc822"
    assert re.fullmatch(r'attachment; filename="CS-000001-\d+\.eml"', headers["Content-Disposition"])
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_in_slack_it_is_below_all_of_what_was_written(url: str, tmp_path: Path) -> None:
    with Office(url, tmp_path) as office:
        office.submit(RAW)
        office.click("sam", "case_read", wait=5)
        modal = until(
            lambda: (view := office.slack.people.modal("sam")) and "/mail/" in str(view.body) and view
        )
        assert RAW in fetched(link(words_of(modal.body["blocks"])))[0]


def test_no_customer_is_given_such_a_link_even_if_a_specialist_quotes_it(house: WebHouse) -> None:
    house.submit(RAW)
    (confirmation,) = house.mails("ana@")
    (told,) = house.mails("sam@")
    house.answer(told, SAM, f"Your mail is here: {link(told)} is it not?")
    (answer,) = house.mails("ana@")
    assert "is it not?" in words(answer)
    page = get(case_link(confirmation))
    assert not [text for text in (words(confirmation), words(answer), page.html) if "/mail/" in text]


def test_whoever_left_the_team_finds_nothing_there(house: WebHouse) -> None:
    house.submit(RAW)
    (told,) = house.mails("sam@")
    with house.app.database.writing() as tx:
        staff.retire_staff(tx, [])
    assert get(link(told)).status == 410


def test_an_old_link_leads_nowhere_and_says_so(house: WebHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    house.submit(RAW)
    (told,) = house.mails("sam@")
    later(house, monkeypatch, days=31)
    assert get(link(told)).status == 410


def test_no_other_link_opens_it_and_none_that_was_altered(house: WebHouse) -> None:
    house.submit(RAW)
    (confirmation,) = house.mails("ana@")
    (told,) = house.mails("sam@")
    here, _, token = link(told).rpartition("/")
    others = (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        case_link(confirmation).rpartition("/")[2],
        "x",
    )
    assert [get(f"{here}/{other}").status for other in others] == [404, 404, 404]


def test_what_was_not_written_by_mail_has_no_link(house: WebHouse) -> None:
    house.send(ANA, DESK, "Numbers", "They differ.")
    (confirmation,) = house.mails("ana@")
    house.mails("sam@")
    get(case_link(confirmation)).send("reply", text="Still.")
    (told,) = house.mails("sam@")
    assert "/mail/" not in words(told)
