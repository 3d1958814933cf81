"""Delivery reports that have a way back to somebody: they count by our signature in them, and by nothing else."""

from __future__ import annotations

from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any

import pytest

from tests.email.automatic.test_bounces import PLAIN, bounce
from tests.inbound.test_bounced import ANA, DESK, REASON, altered, answered, outcomes, path
from tests.support.houses.house import House, words
from tests.support.mail.letters import reading


def prose(mail: Any, sender: str, *, id: str) -> bytes:
    """What a gateway writes that knows no RFC 3464, with the head of our mail below."""
    return (
        f"From: {sender}\nTo: {DESK}\nSubject: Delivery failure notification\nMessage-ID: <{id}@gate.example>\n\n"
        "Your message could not be delivered to the following recipient:\n\n"
        f"<ana@acme.example>: {REASON}\n\n--- Below this line is a copy of the message.\n\n"
        f"Received: from a by b\nMessage-ID: {id}\nFrom: {DESK}\nTo: ana@acme.example\n"
        f"Subject: {mail['Subject']}\n\nHello\n"
    ).encode()


def test_a_report_that_came_through_a_list_is_known_by_what_it_returns(house: House) -> None:
    answer = answered(house)
    ours = str(answer["Message-ID"])
    house.submit(prose(answer, "ndr@gate.example", id=ours), DESK, "desk-bounces@lists.example")
    (mail,) = house.mails("sam@")
    assert REASON in words(mail)
    assert [outcome for outcome, _ in outcomes(house)] == ["failed"]
    assert house.cases() == ["CS-000001"]


def test_the_same_report_of_somebody_elses_mail_is_a_mail_like_any_other(house: House) -> None:
    answer = answered(house)
    other = altered(str(answer["Message-ID"]), "<")
    house.submit(prose(answer, "ndr@gate.example", id=other), DESK, "desk-bounces@lists.example")
    house.settled()
    assert outcomes(house) == [("sent", "")]
    assert house.cases() == ["CS-000001", "CS-000002"], "somebody's words are not swallowed"


def test_what_comes_to_a_signed_envelope_sender_is_a_report_whatever_its_path(house: House) -> None:
    answer = answered(house)
    text = f"Sorry, your mail to ana@acme.example could not be delivered.\n{REASON}\n"
    head = f"From: Mail Delivery System <desk@forward.example>\nTo: {path(answer)}\nSubject: Undelivered"
    raw = f"{head}\n\n{text}".encode()
    house.submit(raw, path(answer), "desk@forward.example")
    (mail,) = house.mails("sam@")
    assert "5.1.1" in words(mail)
    assert [outcome for outcome, _ in outcomes(house)] == ["failed"]


def test_what_a_person_writes_to_an_envelope_sender_is_heard(house: House) -> None:
    answer = answered(house)
    text = "Your campaign could not be delivered to ana@acme.example again.\nWhat does 5.1.1 mean?\n"
    raw = f"From: {ANA}\nTo: {path(answer)}\nSubject: Undelivered\n\n{text}".encode()
    house.submit(raw, path(answer), "ana@acme.example")
    (mail,) = house.mails("sam@")
    assert "What does 5.1.1 mean?" in words(mail)
    assert outcomes(house) == [("sent", "")]


def test_a_customer_who_attaches_our_mail_and_speaks_of_delivery_is_heard(house: House) -> None:
    answer = answered(house)
    attached = MIMEMultipart()
    attached["From"], attached["To"], attached["Subject"] = (
        "Ana <admin@acme.example>",
        DESK,
        "Delivery problem",
    )
    attached["Message-ID"] = "<own@acme.example>"
    attached.attach(MIMEText("Since then the campaign is not delivered. See your mail."))
    attached.attach(MIMEMessage(answer))
    house.submit(attached.as_bytes(), DESK, "admin@acme.example")
    (mail,) = house.mails("sam@")
    assert "not delivered. See your mail" in words(mail)
    assert outcomes(house) == [("sent", "")]


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@mx.acme.example", "Mailer <mailer-daemon@lists.example>"])
def test_a_daemons_report_is_one_whatever_path_a_list_wrote_on_it(sender: str) -> None:
    for way in ("support-bounces@lists.example", "support-admin@lists.example"):
        found = bounce(PLAIN["exim"][0], head=f"From: {sender}\n", mail_from=way)
        assert found is not None
        assert found.recipients[0].address == "ana@acme.example"


@pytest.mark.parametrize(
    ("sender", "way"),
    [
        ("postmaster@acme.example", "postmaster@acme.example"),
        ("ndr@gate.acme.example", "ndr@gate.acme.example"),
        ("e500_smtp_mail_service@gate.acme.example", "e500_smtp_mail_service@gate.acme.example"),
        ('"System Administrator" <it@acme.example>', "it@acme.example"),
        ("postmaster@acme.example", "srs0=x=y=acme.example=it@forward.example"),
    ],
)
def test_a_gateways_report_with_a_way_back_counts_only_by_what_it_returns(sender: str, way: str) -> None:
    raw = f"From: {sender}\nSubject: Delivery failure notification\n\n{PLAIN['exim'][0]}".encode()
    found = reading(raw, mail_from=way).verdict.bounce
    assert found is not None
    assert found.doubtful
    assert "<first@example.com>" in found.originals
