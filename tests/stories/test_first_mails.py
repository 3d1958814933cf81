"""First mails as programs write them, from the SMTP socket to what people see: nothing is lost, nobody silenced."""

from __future__ import annotations

import pytest

from bot.queries.case_detail import ShowCase
from tests.support.houses.house import House, words

DESK = "support@example.com"
APPLE = """\
From: Ana <ana@acme.example>
To: support@example.com
Subject: Upload fails
Message-ID: <apple@acme.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

The log and the page are attached.

--a
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: text/html; charset=utf-8

<p>The log and the page are attached.</p>
--m
Content-Type: text/plain; name=server.log.txt
Content-Disposition: attachment; filename=server.log.txt

10:00 error 17
--m
Content-Type: text/html; name=report.html
Content-Disposition: attachment; filename=report.html

<p>What the page shows</p>
--m
Content-Type: text/csv; name=dump.csv
Content-Disposition: attachment; filename=dump.csv

a,b
--m
Content-Type: text/html; charset=utf-8

<p>Thanks!</p>
--m--

--a--
"""


def test_the_files_that_apple_mail_puts_beside_the_text_are_all_there(house: House) -> None:
    house.submit(APPLE.replace("\n", "\r\n").encode(), DESK)
    (told,) = house.mails("sam@")
    names = [part.get_filename() for part in told.iter_attachments()]
    assert {"server.log.txt", "report.html", "dump.csv"} <= set(names)
    kept = [file.name for entry in house.ask(ShowCase(1)).entries for file in entry.files]
    assert {"server.log.txt", "report.html", "dump.csv"} <= set(kept)
    assert "The log and the page are attached." in words(told)


@pytest.mark.parametrize(
    "subject",
    [
        "自動返信メールが届かない",
        "自动回复功能无法使用",
        "부재중 전화 알림이 오지 않습니다",
        "Réponse automatique: comment la désactiver ?",
    ],
)
def test_who_asks_about_automatic_replies_is_answered_and_the_desk_is_told(
    house: House, subject: str
) -> None:
    house.send("Ana <ana@acme.example>", DESK, subject, "Since yesterday.")
    (confirmation,) = house.mails("ana@")
    assert "CS-000001" in confirmation["Subject"]
    (told,) = house.mails("sam@")
    assert subject in told["Subject"]
    assert not house.inbox("aside")


def test_whose_address_stands_beside_a_firms_name_is_answered(house: House) -> None:
    raw = (
        "From: John Doe (Acme) <john@acme.example>\r\nTo: support@example.com\r\nSubject: Deal\r\n"
        "Message-ID: <john@acme.example>\r\n\r\nIt stopped.\r\n"
    )
    house.submit(raw.encode(), DESK, "john@acme.example")
    (confirmation,) = house.mails("john@")
    assert "CS-000001" in confirmation["Subject"]
    (told,) = house.mails("sam@")
    assert "John Doe" in words(told)
    house.answer(told, "Sam <sam@desk.example>", "We look into it.")
    (answer,) = house.mails("john@")
    assert "We look into it." in words(answer)
