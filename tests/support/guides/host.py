"""A stand-in of any mail host that lets in by user and password: a mailbox (Dovecot) and a relay, over TLS."""

from __future__ import annotations

import email
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.policy import default
from pathlib import Path
from typing import Any

from tests.support.guides.stand_in import SUPPORT, Names, StandIn
from tests.support.houses.dovecot import PASSWORD, Dovecot, new_folder
from tests.support.mail.sink import Sink
from tests.support.setup.certificates import make

ANY = Names(
    "imap.acme.com",
    "smtp.acme.com:587",
    "imap.acme.com",
    (
        "Authentication-Results: mx.acme.com; dkim=pass header.d=DOMAIN",
        "Received: from mail.DOMAIN (mail.DOMAIN [198.51.100.7]) by mx.acme.com; Sat, 28 Nov 2026 10:00:00 +0000",
    ),
)
LOG_IN_AGAIN = "421 4.7.0 Log in again"


@dataclass
class MailHost(StandIn):
    """The stand-in, while it stands."""

    password: str

    @property
    def here(self) -> dict[str, str]:
        """What stands in the guide, and what stands there here."""
        return {
            self.names.smtp: f"localhost:{self.relay.port}",
            "127.0.0.1:8081": f"127.0.0.1:{self.monitor}",
        }

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
