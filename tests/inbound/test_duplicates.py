"""One mail to two mailboxes of ours comes by two ways that each write on it: it has its effect once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.queries.lists import ListInbox
from tests.support.houses.house import House, until, words
from tests.support.setup.fixtures import open_on_each_database

ANA, SAM = "Ana <ana@acme.example>", "Sam <sam@desk.example>"
DESK, SALES = "support@example.com", "sales@example.com"
BOXES = "".join(
    f'\n[[mailbox]]\naddress = "{box}"\nauthserv_id = "mx.example.com"\n' for box in (DESK, SALES)
)
VOUCHED = "Authentication-Results: mx.example.com; dmarc=pass header.from="
DATE = "Date: Thu, 26 Nov 2026 03:43:59 +0000\r\n"
BORDER = "Received: from mail.acme.example by mx.example.com; Thu, 26 Nov 2026 03:44:00 +0000"

house = open_on_each_database(House, more=BOXES)


def mail(text: str, *headers: str, sender: str = ANA, to: str = DESK, number: int = 1) -> str:
    """What all copies share."""
    lines = (
        f"From: {sender}", f"To: {to}", f"Cc: {SALES}", "Subject: To both",
        f"Message-ID: <both-{number}@acme.example>", "Date: Thu, 26 Nov 2026 03:43:59 +0000", *headers, "", text, "",
    )  # fmt: skip
    return "\r\n".join(lines)


def split(
    house: House, shared: str, *, domain: str = "acme.example", proven: tuple[bool, bool] = (True, True)
) -> None:
    """The border server splits the mail, then a server within writes one more line on each copy."""
    for number, vouched in enumerate(proven):
        hop = f"Received: from mx.example.com by inner.example.com with ESMTP id Q{number}; today"
        above = [VOUCHED + domain] if vouched else []
        copy = "\r\n".join((*above, hop, BORDER, f"X-Received: by 2002:a05:{number}; today", shared))
        house.submit(copy.encode(), (DESK, SALES)[number])
        house.settled()


def last_reason(house: House) -> str:
    return str(max(house.ask(ListInbox("", limit=50)), key=lambda line: line.id).reason)


def test_copies_that_a_border_server_made_open_one_case(house: House) -> None:
    split(house, mail("One mail."))
    assert house.cases() == ["CS-000001"]
    assert len(house.mails("ana@")) == 1
    assert house.nothing("ana@")
    assert [line.outcome for line in house.inbox("aside")] == ["aside"]
    assert last_reason(house) == "another copy of a mail that is on CS-000001"


def test_copies_that_are_worked_off_together_open_one_case(house: House) -> None:
    split_at_once = [
        f"X-Google-Smtp-Source: {n}\r\n{mail('One mail.', number=number)}"
        for number in (1, 2)
        for n in (1, 2)
    ]
    for copy in split_at_once:
        house.submit(copy.encode())
    assert house.cases() == ["CS-000001", "CS-000002"]
    assert len(house.mails("ana@", count=2)) == 2
    assert house.nothing("ana@")


def test_a_specialists_answer_with_a_mailbox_in_cc_reaches_the_customer_once(house: House) -> None:
    house.send(ANA, DESK, "No delivery", "It stopped.")
    (opened,) = house.mails("sam@")
    house.mails("ana@")
    shared = mail("It is mended.\n\n#workaround Use the other one.", sender=SAM, to=str(opened["Reply-To"]))
    split(house, shared, domain="desk.example")
    told = "".join(words(one) for one in house.mails("ana@"))
    assert told.count("It is mended.") == 1
    assert house.nothing("ana@")


def test_a_concern_is_raised_once(house: House) -> None:
    house.send(ANA, DESK, "No delivery", "It stopped.")
    (confirmation,) = house.mails("ana@")
    split(house, mail("#concern lack of reply: nobody answered", to=str(confirmation["Reply-To"])))
    assert house.history().count("concern raised") == 1
    assert house.cases() == ["CS-000001"]


def test_a_command_without_words_is_done_once(house: House) -> None:
    split(house, mail("#my"))
    assert len(house.mails("ana@")) == 1
    assert house.nothing("ana@")


def test_a_forged_copy_does_not_keep_the_true_mail_from_its_effect(house: House) -> None:
    split(house, mail("One mail."), proven=(False, True))
    assert house.cases() == ["CS-000001", "CS-000002"]
    (confirmation,) = house.mails("ana@")
    assert "CS-000002" in confirmation["Subject"]


def test_an_unproven_copy_of_a_proven_mail_or_of_another_is_set_aside(house: House) -> None:
    split(house, mail("One mail."), proven=(True, False))
    split(house, mail("Another mail.", number=2), proven=(False, False))
    assert house.cases() == ["CS-000001", "CS-000002"]


def test_copies_of_a_mail_without_a_date_open_one_case(house: House) -> None:
    split(house, mail("One mail.").replace(DATE, ""))
    assert house.cases() == ["CS-000001"]
    assert len(house.mails("ana@")) == 1
    assert house.nothing("ana@")


def test_alarms_of_a_device_whose_clock_stands_are_no_copies(house: House) -> None:
    split(house, mail("Paper jam.").replace("Message-ID: <both-1@acme.example>\r\n", ""))
    assert house.cases() == ["CS-000001", "CS-000002"]


def test_a_used_message_id_still_opens_a_case_of_its_own(house: House) -> None:
    for text in ("The first.", "The second."):
        split(house, mail(text))
    house.submit(mail("The first.").replace("Subject: To both", "Subject: Of another host").encode())
    assert house.cases() == ["CS-000001", "CS-000002", "CS-000003"]


def test_a_copy_that_somebody_requeues_is_handled(house: House) -> None:
    split(house, mail("One mail."))
    house.app.desk.requeue(reason="another copy")
    assert until(lambda: len(house.cases()) == 2)


def test_two_processes_with_a_copy_each_make_one_case(url: str, tmp_path: Path) -> None:
    folders: list[Any] = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    with House(url, folders[0], more=BOXES) as one, House(url, folders[1], more=BOXES) as other:
        for number in range(1, 11):
            for n, house in enumerate((one, other)):
                house.submit(f"X-Google-Smtp-Source: {n}\r\n{mail('One mail.', number=number)}".encode())
        assert until(lambda: not one.inbox("waiting"))
        assert len(one.cases()) == 10
        assert len(one.inbox("aside")) == 10
