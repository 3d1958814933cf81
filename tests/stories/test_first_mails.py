"""First mails as programs write them, from the SMTP socket to what people see: nothing is lost, nobody silenced."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

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


@pytest.mark.parametrize(
    ("sender", "text"),
    [
        ("Ana <ana@acme.example>", "This is an automatic reply: I get it each time I write to you. Why?"),
        ("Ana <ana@acme.example>", "Dies ist eine automatische Antwort, die ich jedes Mal bekomme. Warum?"),
        ("Bounce House Rental <bounce@acme.example>", "Our castle has lost its air."),
    ],
)
def test_a_persons_first_mail_is_not_automatic(house: House, sender: str, text: str) -> None:
    house.send(sender, DESK, "A question", text)
    (confirmation,) = house.mails("@acme.example")
    assert "CS-000001" in confirmation["Subject"]
    assert house.case().entries[0].kind == "said"


def test_an_automatic_reply_to_a_mail_of_ours_stays_automatic(house: House) -> None:
    house.send("Ana <ana@acme.example>", DESK, "A question", "It stopped.")
    (confirmation,) = house.mails("ana@")
    house.answer(confirmation, "Ana <ana@acme.example>", "This is an automatic reply: I am at the sea.")
    house.settled()
    assert house.case().entries[-1].kind == "automatic"
    assert house.nothing("ana@")


REPORT = """\
From: {sender}
To: support@example.com
Subject: {subject}
Message-ID: <report@receiver.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: text/plain; charset=utf-8

{text}
--m
Content-Type: application/gzip
Content-Disposition: attachment; filename="receiver.example!example.com!1796000000!1796086399.xml.gz"
Content-Transfer-Encoding: base64

H4sIAAAAAAAAA7PJKMnNsQMAvoa4aAgAAAA=
--m--
"""


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        (
            "dmarcreport@receiver.example",
            "Report Domain: example.com Submitter: receiver.example Report-ID: 17",
        ),
        (
            "DMARC <dmarc@receiver.example>",
            "[Preview] Report domain: example.com Submitter: receiver Report-ID: 1",
        ),
        ("noreply-dmarc-support@receiver.example", "Aggregate data for example.com"),
    ],
)
def test_a_dmarc_aggregate_report_is_kept_and_counted_and_opens_no_case(
    house: House, sender: str, subject: str
) -> None:
    before = REGISTRY.get_sample_value("casebot_dmarc_reports_total") or 0
    house.submit(
        REPORT.format(sender=sender, subject=subject, text="").replace("\n", "\r\n").encode(), DESK, sender
    )
    assert house.cases() == []
    (kept,) = house.inbox("aside")
    assert kept.reason == "a DMARC aggregate report"
    assert house.nothing()
    assert REGISTRY.get_sample_value("casebot_dmarc_reports_total") == before + 1


def test_whoever_asks_about_a_dmarc_report_is_answered(house: House) -> None:
    subject = "Fwd: Report Domain: example.com Submitter: receiver.example Report-ID: 17"
    raw = REPORT.format(sender="Ana <ana@acme.example>", subject=subject, text="What does it mean?")
    house.submit(raw.replace("\n", "\r\n").encode(), DESK)
    (confirmation,) = house.mails("ana@")
    assert "CS-000001" in confirmation["Subject"]
