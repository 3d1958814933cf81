"""A stand-in of any mail host that lets in by user and password: a mailbox (Dovecot) and a relay, over TLS."""

from __future__ import annotations

import email
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.policy import default
from pathlib import Path
from typing import Any

from rehearsal.ports import free_port
from tests.support.guides.cloud import SUPPORT, Names, letter
from tests.support.houses.dovecot import PASSWORD, Dovecot, new_folder
from tests.support.mail.sink import Sink
from tests.support.setup.certificates import Certificate, make

ANY = Names(
    "imap.acme.com",
    "smtp.acme.com:587",
    "",
    (
        "Authentication-Results: mx.acme.com; dkim=pass header.d=DOMAIN",
        "Received: from mail.DOMAIN (mail.DOMAIN [198.51.100.7]) by mx.acme.com; Sat, 28 Nov 2026 10:00:00 +0000",
    ),
)
LOG_IN_AGAIN = "421 4.7.0 Log in again"


@dataclass
class MailHost:
    """The stand-in, while it stands."""

    names: Names
    mailbox: Dovecot
    relay: Sink
    certificate: Certificate
    password: str
    monitor: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        """Where casebot finds its mailbox, in place of the host's own server."""
        return {
            "SSL_CERT_FILE": self.certificate.file,
            "CASEBOT_MAILBOX__0__IMAP__HOST": "localhost",
            "CASEBOT_MAILBOX__0__IMAP__PORT": str(self.mailbox.tls_port),
            "CASEBOT_WEB__LISTEN": "",
            "CASEBOT_WEB__MONITOR": f"127.0.0.1:{self.monitor}",
        }

    @property
    def called(self) -> dict[str, str]:
        """What its servers are called in the guide, by a pattern of their names here."""
        return {
            rf"localhost:{self.relay.port}\b": self.names.smtp,
            rf"localhost:{self.mailbox.tls_port}\b": f"{self.names.imap}:993",
            r"localhost(?!:)": self.names.imap,
        }

    @property
    def here(self) -> dict[str, str]:
        """What stands in the guide, and what stands there here."""
        return {
            self.names.smtp: f"localhost:{self.relay.port}",
            "127.0.0.1:8081": f"127.0.0.1:{self.monitor}",
        }

    def arrives(self, sender: str, to: str, subject: str, *lines: str) -> None:
        """A mail from outside, checked at the border."""
        self.mailbox.lay(letter(self.names.headers, sender, to, subject, *lines))

    def sent(self, to: str, subject: str = "") -> list[Any]:
        """What was sent to somebody through its relay."""
        mails = [email.message_from_bytes(taken.raw, policy=default) for taken in self.relay.taken]
        return [mail for mail in mails if to in str(mail["To"]) and subject in str(mail["Subject"])]

    def change_password(self, new: str) -> None:
        """Whoever knows the old one is let in no more, and has to log in again."""
        self.relay.users = {SUPPORT: new}
        self.relay.script.always["MAIL"] = LOG_IN_AGAIN
        self.mailbox.change_password(self.password, new)
        self.password = new

    def all_are_logged_in_anew(self) -> None:
        """No line is left that the old password had opened."""
        del self.relay.script.always["MAIL"]


@contextmanager
def mail_host(names: Names, folder: Path, *, password: str = PASSWORD) -> Iterator[MailHost]:
    """Skips the test where there is no Dovecot."""
    certificate = make(folder)
    with (
        Sink(tls=certificate.server, users={SUPPORT: password}) as relay,
        Dovecot(new_folder(), certificate) as mailbox,
    ):
        if password != PASSWORD:
            mailbox.change_password(PASSWORD, password)
        yield MailHost(names, mailbox, relay, certificate, password)
