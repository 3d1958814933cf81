"""A desk is set up at a terminal, question by question, with a real mailbox and a real relay."""

from __future__ import annotations

import smtplib
import tomllib
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from rehearsal.ports import free_port
from rehearsal.slack.server import Server
from tests.support.houses.dovecot import PASSWORD, USER, Dovecot, new_folder
from tests.support.houses.house import until
from tests.support.houses.setup_terminal import SetupTerminal
from tests.support.houses.tenant import tenant
from tests.support.mail.sink import Sink
from tests.support.mail.talk import Taken
from tests.support.mail.token_relay import TokenRelay
from tests.support.setup.certificates import make
from tests.support.setup.fixtures import open_per_test

pytestmark = pytest.mark.slow
RESULTS = b"Authentication-Results: mx.example.com; dmarc=pass header.from=acme.example\r\n"
MAIL = b"""Received: from acme.example by mx.example.com; Sun, 29 Nov 2026 10:00:00 +0000\r
From: Ana <ana@acme.example>\r
To: support@example.com\r
Subject: Cannot sign in\r
Message-ID: <first@acme.example>\r
\r
My password is refused.\r
"""

mailbox = open_per_test(lambda: Dovecot(new_folder()))


@pytest.fixture
def relay(mailbox: Dovecot) -> Iterator[Sink]:
    """What is sent to the desk's own address comes to its mailbox, checked at the border."""

    def took(mail: Taken) -> None:
        if any(to.endswith("@example.com") for to in mail.recipients):
            mailbox.deliver(RESULTS + mail.raw)

    with Sink(took=took) as sink:
        yield sink


def mails(relay: Sink, to: str) -> list[Any]:
    """What it took for somebody."""
    return [message_from_bytes(mail.raw, policy=default) for mail in relay.taken if to in mail.recipients]


def config(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "config.toml").read_text())


def answer_the_desk(terminal: SetupTerminal) -> None:
    terminal.answer("Which address do your customers write to", USER)
    terminal.answer("What is your desk called", "Acme Help")
    terminal.answer("In which language")
    terminal.answer("What do you do", "3")


def answer_the_people(terminal: SetupTerminal) -> None:
    terminal.answer("In which time zone", "Europe/Berlin")
    terminal.answer("public holidays", "de-be")
    terminal.answer("From when to when", "eight")
    terminal.answer("must be hours as", "8-17")
    terminal.answer("Who answers", "Bob Miller <bob@example.com>")
    terminal.answer("Who else", "eve@example.com")
    terminal.answer("Who else")
    terminal.answer("Who is the manager", "2")


def answer_the_mailbox(
    terminal: SetupTerminal, mailbox: Dovecot, relay: Sink, *, password: str = PASSWORD
) -> None:
    terminal.answer("How does the mail", "3")
    terminal.answer("IMAP server", f"127.0.0.1:{mailbox.port}")
    terminal.answer("How is the connection")
    terminal.answer("User")
    terminal.answer("Password", password)
    terminal.answer("SMTP server", f"127.0.0.1:{relay.port}")
    terminal.answer("Does it ask for user and password", "3")
    terminal.answer("write to itself every hour")


def test_from_nothing_to_a_desk_that_answers_a_mail(tmp_path: Path, mailbox: Dovecot, relay: Sink) -> None:
    with SetupTerminal(tmp_path) as terminal:
        answer_the_desk(terminal)
        answer_the_people(terminal)
        answer_the_mailbox(terminal, mailbox, relay)
        terminal.see("✓")
        terminal.answer("Do your people work in Slack")
        terminal.answer("Their address")
        terminal.see("mail works both ways")
        terminal.see("mx.example.com checks who wrote the mail that comes")
        terminal.see("Your desk is set up: Acme Help, support@example.com")
        terminal.answer("Open the desk now")
        terminal.see("The desk is open")
        mailbox.deliver(RESULTS + MAIL)
        [mail] = until(lambda: mails(relay, "ana@acme.example"))
        assert "Cannot sign in" in str(mail["Subject"])
        assert until(lambda: mails(relay, "bob@example.com"))
        terminal.leave()
        assert terminal.ended() == 0
    assert PASSWORD not in terminal.shown
    made = config(tmp_path)
    assert made["calendar"][0]["holidays"] == "DE-BE"
    assert made["staff"] == [
        {"name": "Bob Miller", "mail": "bob@example.com", "manager": "eve@example.com"},
        {"name": "Eve", "mail": "eve@example.com", "role": "manager"},
    ]
    assert "Delivery" in made["lists"]["types"]
    assert (tmp_path / "config.toml").stat().st_mode & 0o077 == 0


def test_a_mail_server_of_ours_hands_mail_over(tmp_path: Path) -> None:
    port = free_port()

    def took(mail: Taken) -> None:
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.sendmail(mail.sender, mail.recipients, mail.raw)

    with Sink(took=took) as server, SetupTerminal(tmp_path) as terminal:
        answer_the_desk(terminal)
        answer_the_people(terminal)
        terminal.answer("How does the mail", "4")
        terminal.answer("Where shall casebot listen", f"127.0.0.1:{port}")
        terminal.answer("Which server takes the mail", f"127.0.0.1:{server.port}")
        terminal.answer("By which name", "none")
        terminal.answer("write to itself every hour")
        terminal.see(f"✓ Mail comes in at: 127.0.0.1:{port}")
        terminal.answer("Do your people work in Slack")
        terminal.answer("Their address")
        terminal.see("mail works both ways")


def test_whoever_leaves_goes_on_where_they_were(tmp_path: Path, mailbox: Dovecot, relay: Sink) -> None:
    with SetupTerminal(tmp_path) as terminal:
        answer_the_desk(terminal)
        answer_the_people(terminal)
        terminal.answer("How does the mail", "3")
        terminal.see("IMAP server")
        terminal.leave()
        assert terminal.ended() == 1
    assert "you left at “mail”" in terminal.shown
    assert "`casebot setup` goes on there" in terminal.shown
    file = tmp_path / "config.toml"
    file.write_text(
        file.read_text() + "\n# by hand: ask Eve before this is changed\n[survey]\nperiod_days = 0\n"
    )
    with SetupTerminal(tmp_path) as terminal:
        terminal.see("✓ Your desk: Acme Help, support@example.com")
        terminal.see("✓ Your people: Bob Miller, Eve (manager)")
        answer_the_mailbox(terminal, mailbox, relay)
        terminal.answer("Do your people work in Slack")
        terminal.answer("Their address", "https://help.example.com/")
        terminal.see("mail works both ways")
        terminal.answer("Open the desk now", "n")
        assert terminal.ended() == 0
    assert "# by hand: ask Eve before this is changed" in file.read_text()
    assert config(tmp_path)["survey"] == {"period_days": 0}
    assert config(tmp_path)["web"] == {"base_url": "https://help.example.com"}


def test_a_wrong_password_is_told_at_once_and_can_be_typed_again(
    tmp_path: Path, mailbox: Dovecot, relay: Sink
) -> None:
    with SetupTerminal(tmp_path) as terminal:
        answer_the_desk(terminal)
        answer_the_people(terminal)
        answer_the_mailbox(terminal, mailbox, relay, password="wrong")
        terminal.see("✗")
        terminal.answer("What now", "1")
        answer_the_mailbox(terminal, mailbox, relay)
        terminal.see("Do your people work in Slack")
    assert config(tmp_path)["mailbox"][0]["imap"]["password"] == PASSWORD


def test_mail_that_does_not_come_back_is_told_with_what_to_look_at(
    tmp_path: Path, mailbox: Dovecot, relay: Sink
) -> None:
    relay.script.always["RCPT"] = "550 5.1.1 No such user here"
    with SetupTerminal(tmp_path) as terminal:
        answer_the_desk(terminal)
        answer_the_people(terminal)
        answer_the_mailbox(terminal, mailbox, relay)
        terminal.answer("Do your people work in Slack")
        terminal.answer("Their address")
        terminal.see("The mail has not left")
        terminal.see("No such user here")
        terminal.answer("Open the desk now", "n")
        assert terminal.ended() == 0


def test_somebody_signs_in_to_microsoft_within_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make(tmp_path)
    with (
        tenant(certificate) as there,
        Dovecot(new_folder(), tokens=there.check_url) as mailbox,
        TokenRelay(there) as relay,
    ):
        environment = {
            "SSL_CERT_FILE": certificate.file,
            "REQUESTS_CA_BUNDLE": certificate.file,
            "CASEBOT_EMAIL__SIGN_IN__0__AUTHORITY": there.https,
            "CASEBOT_EMAIL__RELAY": relay.url,
            "CASEBOT_MAILBOX__0__IMAP__HOST": "localhost",
            "CASEBOT_MAILBOX__0__IMAP__PORT": str(mailbox.port),
            "CASEBOT_MAILBOX__0__IMAP__TLS": "off",
        }
        with SetupTerminal(tmp_path) as terminal:
            answer_the_desk(terminal)
            answer_the_people(terminal)
            terminal.see("How does the mail")
        with SetupTerminal(tmp_path, **environment) as terminal:
            terminal.answer("How does the mail", "1")
            terminal.answer("Application (client) ID", "11111111-2222")
            terminal.answer("Directory (tenant) ID", "acme")
            terminal.answer("Who signs in")
            terminal.answer("write to itself every hour")
            terminal.see(f"Open {there.https}/devicelogin")
            terminal.see("enter the code ABCD-EFGH")
            terminal.see("✓")
            terminal.see("Do your people work in Slack")
    assert "refresh-" in (tmp_path / "casebot.tokens").read_text()
    made = config(tmp_path)
    assert made["mailbox"][0]["microsoft_results"] is True
    assert made["email"]["relay_sign_in"] == USER


def test_slack_is_set_up_and_knows_the_people_by_their_mail_addresses(tmp_path: Path) -> None:
    with Server() as slack:
        app = slack.workspace.app
        with SetupTerminal(tmp_path, CASEBOT_SLACK__API_URL=slack.url) as terminal:
            answer_the_desk(terminal)
            terminal.answer("In which time zone", "Europe/Berlin")
            terminal.answer("public holidays")
            terminal.answer("From when to when")
            terminal.answer("Who answers", "Sam Specialist sam@example.com")
            terminal.answer("Who else")
            terminal.answer("How does the mail", "5")
            terminal.answer("Do your people work in Slack", "y")
            terminal.see("https://api.slack.com/apps?new_app=1&manifest_json=")
            terminal.answer("App-level token", app.app_token)
            terminal.answer("Bot token", "xapp-mistaken")
            terminal.answer("it begins with xoxb-", app.bot_token)
            terminal.answer("The channel's id", "C0TRIAGE")
            terminal.see("Sam Specialist is T0HOME/U0SAM there")
            terminal.answer("Their address")
            terminal.answer("Open the desk now", "n")
            assert terminal.ended() == 0
    assert config(tmp_path)["staff"][0]["addresses"] == {"slack": "T0HOME/U0SAM"}
