"""Forwards: a specialist passes a customer's mail on, and it becomes the customer's case."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any

import pytest

from channels.email.mime import message
from channels.email.replies import forwarded
from tests.support.houses.house import House, words

ANA, ZOE, SAM = "Ana <ana@acme.example>", "Zoe <zoe@acme.example>", "Sam <sam@desk.example>"
DESK = "support@example.com"
GMAIL = """They never pay. canary

---------- Forwarded message ---------
From: Zoe Moreau <zoe@acme.example>
Date: Mon, 23 Nov 2026 at 10:00
Subject: Report Task ID 1254332 failed
To: Sam <sam@desk.example>

The report does not load.

Zoe
"""


def test_a_forwarded_mail_is_its_writers_case(house: House) -> None:
    house.send(SAM, DESK, "Fwd: Report Task ID 1254332 failed", GMAIL, files={"dump.txt": b"canary"})
    (confirmation,) = house.mails("zoe@")
    view = house.case()
    assert view.line.subject == "Report Task ID 1254332 failed"
    assert view.ids == ("Report Task ID 1254332",)
    assert [(p.address, p.role) for p in view.participants] == [("zoe@acme.example", "requester")]
    first, note = view.entries
    assert (first.author, first.text, first.visibility) == (
        "Zoe Moreau",
        "The report does not load.\n\nZoe",
        "public",
    )
    assert (note.text, note.visibility) == ("They never pay. canary", "internal")
    assert [file.name for file in note.files] == ["dump.txt"]
    assert first.files == ()
    assert "canary" not in confirmation.as_string()
    assert "[CS-000001]" in confirmation["Subject"]
    (transcript,) = [mail for mail in house.mails("sam@") if "is open for" in words(mail)]
    assert "zoe@acme.example" in words(transcript)
    assert "forwarded by: sam@desk.example" in view.history[0].detail


def test_fields_above_a_forwarded_mail_are_the_cases(house: House) -> None:
    above = "Feature: Delivery\nPriority: Critical\nDeal ID: 777\n\nThey never pay. canary"
    house.send(SAM, DESK, "Fwd: Report", GMAIL.replace("They never pay. canary", above))
    house.mails("zoe@")
    view = house.case()
    assert (view.feature, view.line.priority) == ("Delivery", "Critical")
    assert view.ids == ("Deal ID 777", "Report Task ID 1254332")


def test_her_answer_joins_it_and_sams_words_stay_inside(house: House) -> None:
    house.send(SAM, DESK, "WG: Report", GMAIL)
    (confirmation,) = house.mails("zoe@")
    house.answer(confirmation, ZOE, "It loads now. #show")
    house.settled()
    assert house.case().entries[-1].text.startswith("It loads now.")
    house.answer(confirmation, ZOE, "#show")
    (shown,) = house.mails("zoe@")
    assert "canary" not in shown.as_string()


def test_a_mail_forwarded_whole_is_read_from_the_attachment(house: House) -> None:
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = ZOE, "sam@desk.example", "No delivery"
    inner["Message-ID"] = "<inner@acme.example>"
    inner.set_content("It stopped at noon.")
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = SAM, DESK, "Fwd: No delivery"
    outer["Message-ID"] = "<outer@desk.example>"
    outer.set_content("Please take it.")
    outer.add_attachment(inner)
    house.submit(outer.as_bytes(), DESK, "sam@desk.example")
    house.mails("zoe@")
    assert [entry.text for entry in house.case().entries] == ["It stopped at noon.", "Please take it."]
    plain = {"In-Reply-To": "<inner@acme.example>"}
    house.send(ZOE, DESK, "Re: No delivery", "To my own mail.", headers=plain)
    assert house.cases() == ["CS-000001"]


def test_a_forward_that_names_nobody_is_the_specialists_case_with_a_hint(house: House) -> None:
    house.send(SAM, DESK, "Fwd: something", "Somebody called: nothing is delivered.")
    told = " ".join(" ".join(words(mail).split()) for mail in house.mails("sam@", count=2))
    assert "does not say who wrote" in told
    assert [p.address for p in house.case().participants] == ["sam@desk.example"]


def test_what_a_customer_forwards_is_the_customers_own_case(house: House) -> None:
    house.send(ANA, DESK, "Fwd: Report", GMAIL)
    house.mails("ana@")
    assert [p.address for p in house.case().participants] == ["ana@acme.example"]
    assert house.nothing("zoe@")


def test_of_a_forward_without_words_the_case_has_what_is_passed_on_and_no_signature(house: House) -> None:
    text = GMAIL.replace("They never pay. canary", "-- \nAna Ruiz\nAcme GmbH")
    house.send(ANA, DESK, "Fwd: Report", text)
    house.mails("ana@")
    passed_on = house.case().entries[0].text
    assert "The report does not load." in passed_on
    assert "Acme GmbH" not in passed_on


def test_a_colleagues_mail_and_our_own_make_no_customer_of_them(house: House) -> None:
    for sender in ("max@desk.example", DESK):
        text = GMAIL.replace("zoe@acme.example", sender)
        house.send(SAM, DESK, "Fwd: x", text)
        house.settled()
    assert len(house.cases()) == 2
    for number in (1, 2):
        assert [p.address for p in house.case(number).participants] == ["sam@desk.example"]


BLOCKS = {
    "outlook": "Nur kurz.\n\n________________________________\nVon: Zoe <zoe@acme.example>\nGesendet: Montag\n"
    "An: Sam\nBetreff: Bericht\n\nEr lädt nicht.",
    "bold": "*From:* Zoe [mailto:zoe@acme.example]\n*Sent:* Monday\n*To:* Sam\n*Subject:* Bericht\n\nEr lädt nicht.",
    "apple": "Begin forwarded message:\n\nFrom: Zoe <zoe@acme.example>\nSubject: Bericht\nDate: today\n\n"
    "Er lädt nicht.",
    "marked": "> From: Zoe <zoe@acme.example>\n> Subject: Bericht\n> To: Sam\n>\n> Er lädt nicht.",
    "french": "-------- Message transféré --------\nSujet : Bericht\nDe : Zoe <zoe@acme.example>\nDate : lundi\n\n"
    "Er lädt nicht.",
}


@pytest.mark.parametrize("name", BLOCKS)
def test_many_programs_ways_to_forward_are_read(name: str) -> None:
    mail = message.read(f"Subject: TR: x\nFrom: {SAM}\n\n{BLOCKS[name]}\n".encode())
    found = forwarded.of(mail)
    assert found
    assert found.sender
    assert (found.sender.address, found.text) == ("zoe@acme.example", "Er lädt nicht.")
    assert found.above in ("", "Nur kurz.")


@pytest.mark.parametrize("text", ["From: \n" * 5000, "> " * 60000, "From: " + "a@" * 60000, "*" * 100_000])
def test_hostile_text_is_read_in_ordinary_time(text: str) -> None:
    mail: Any = message.read(b"Subject: Fwd: x\nFrom: a@b.example\n\n" + text.encode())
    found = forwarded.of(mail)
    assert found
    assert found.sender is None


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("Ana <ana@müller.example>", "ana@xn--mller-kva.example"),
        (f"Ana <ana@{'.'.join(['b' * 60] * 7)}.example>", ""),
    ],
)
def test_a_forwarded_address_is_read_as_that_of_a_sender_is(written: str, address: str) -> None:
    text = GMAIL.replace("Zoe Moreau <zoe@acme.example>", written)
    found = forwarded.of(
        message.read(
            f"From: {SAM}\nSubject: Fwd: x\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode()
        )
    )
    assert found
    assert (found.sender.address if found.sender else "") == address
    whole = message.read(f"From: {written}\nSubject: x\n\nHello".encode())
    assert (whole.sender.address if whole.sender else "") == address


def test_what_a_specialist_writes_below_a_marked_forward_stays_inside(house: House) -> None:
    marked = "".join(f"> {line}\n" for line in GMAIL.partition("\n\n")[2].splitlines()[1:])
    house.send(SAM, DESK, "Fwd: Report", f"See below.\n\n{marked}\nThey never pay. canary\n")
    (confirmation,) = house.mails("zoe@")
    first, note = house.case().entries
    assert first.text == "The report does not load.\n\nZoe"
    assert (note.text, note.visibility) == ("See below.\n\nThey never pay. canary", "internal")
    assert "canary" not in confirmation.as_string()
