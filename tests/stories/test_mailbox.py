"""Stories through a real IMAP mailbox: Dovecot, IDLE, Authentication-Results, and a server that goes away."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.houses.dovecot import MAILBOX, USER, Dovecot, new_folder
from tests.support.houses.house import House, until
from tests.support.setup.fixtures import open_per_test

pytestmark = pytest.mark.slow
_serial = itertools.count(1)

VOUCHED = "Authentication-Results: mx.example.com; dkim=pass header.d=acme.example; dmarc=pass header.from=acme.example"
RECEIVED = "Received: from mail.acme.example (mail.acme.example [203.0.113.9]) by mx.example.com; now"


def letter(subject: str, *, above: str = VOUCHED, to: str = USER, sender: str = "ana@acme.example") -> bytes:
    """A mail as the MX hands it to the IMAP server."""
    lines = [
        above,
        RECEIVED,
        f"From: Ana <{sender}>",
        f"To: {to}",
        f"Subject: {subject}",
        f"Message-ID: <{next(_serial)}.{time.time_ns()}@acme.example>",
        "Date: Wed, 25 Nov 2026 10:00:00 +0000",
        "",
        "It stopped yesterday.",
    ]
    return "\r\n".join(line for line in lines if line or line == "").encode()


server = open_per_test(lambda: Dovecot(new_folder()))


@pytest.fixture
def house(url: str, tmp_path: Path, server: Dovecot) -> Iterator[House]:
    with House(url, tmp_path, more=MAILBOX.format(port=server.port)) as standing:
        yield standing


def test_a_vouched_mail_is_answered_and_its_reply_joins(house: House, server: Dovecot) -> None:
    server.deliver(letter("No delivery"))
    (confirmation,) = house.mails("ana@")
    assert "CS-000001" in confirmation["Subject"]
    assert not house.case().line.held
    reply_to = str(confirmation["Reply-To"]).partition("<")[2].rstrip(">")
    server.deliver(letter("Re: No delivery", to=reply_to))
    house.mails("sam@", count=2)
    assert house.history() == ["opened", "replied"]
    assert (server.count(), server.count("Processed")) == (0, 2)


@pytest.mark.parametrize(
    "above",
    [
        "X-Nothing: here",
        VOUCHED.replace("mx.example.com", "mx.evil.example"),
        VOUCHED.replace("pass", "fail"),
        VOUCHED.replace("acme.example", "evil.example"),
        f"Received: from evil.example (evil.example [198.51.100.1]) by relay.example; now\r\n{VOUCHED}",
    ],
)
def test_a_mail_that_nobody_vouches_for_is_held_and_not_acknowledged(
    house: House, server: Dovecot, above: str
) -> None:
    server.deliver(letter("No delivery", above=above))
    house.mails("sam@")
    assert house.case().line.held
    assert house.nothing("ana@")


def test_nothing_is_lost_or_doubled_when_the_server_goes_away(house: House, server: Dovecot) -> None:
    for number in range(1, 31):
        server.deliver(letter(f"Number {number}"))
        if number in (10, 20):
            server.stop()
            time.sleep(0.5)
            server.start()
    mails = house.mails("ana@", count=30)
    assert len({mail["Subject"].partition("] ")[2] for mail in mails}) == len(mails) == 30
    assert len(house.cases()) == 30


def test_a_mail_in_two_mailboxes_of_ours_is_one_case(house: House, server: Dovecot) -> None:
    mail = letter("Twice")
    server.deliver(mail, mail)
    house.mails("ana@")
    assert house.cases() == ["CS-000001"]
    assert until(lambda: server.count("Processed") == 2)
