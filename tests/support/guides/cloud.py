"""A stand-in of Microsoft 365 or Google Workspace: sign-in, a mailbox (Dovecot) and a relay, all over TLS."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.ports import free_port
from tests.support.houses.dovecot import Dovecot, new_folder
from tests.support.houses.tenant import Tenant, tenant
from tests.support.mail.token_relay import TokenRelay
from tests.support.setup.certificates import Certificate, make

SUPPORT = "support@acme.com"


def letter(headers: Iterable[str], sender: str, to: str, subject: str, *lines: str) -> bytes:
    """A mail below the headers of a border server."""
    head = [line.replace("DOMAIN", sender.rpartition("@")[2]) for line in headers]
    message_id = f"<{re.sub(r'[^a-z0-9]+', '-', subject.lower())}.{sender}>"
    own = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: {message_id}"]
    return "\r\n".join((*head, *own, "", *lines, "")).encode()


@dataclass(frozen=True)
class Names:
    """The provider's own, as its guide has them."""

    imap: str
    smtp: str
    sign_in: str
    headers: tuple[str, ...]
    """What its border server writes on top of a mail; ``DOMAIN`` is its sender's."""


MICROSOFT = Names(
    "outlook.office365.com",
    "smtp.office365.com:587",
    "login.microsoftonline.com",
    (
        "Received: from AM6PR10MB1.EURPRD10.PROD.OUTLOOK.COM (2603:10a6::1)"
        " by DB9PR10MB2.EURPRD10.PROD.OUTLOOK.COM (2603:10a6::2) with HTTPS; Sat, 28 Nov 2026 10:00:00 +0000",
        "Authentication-Results: spf=pass (sender IP is 198.51.100.7) smtp.mailfrom=DOMAIN;"
        " dkim=pass (signature was verified) header.d=DOMAIN;dmarc=pass action=none header.from=DOMAIN;"
        "compauth=pass reason=100",
        "Received: from mail.DOMAIN (198.51.100.7) by AM3PEPF01.mail.protection.outlook.com (10.167.16.1);"
        " Sat, 28 Nov 2026 10:00:00 +0000",
    ),
)
GOOGLE = Names(
    "imap.gmail.com",
    "smtp.gmail.com:587",
    "oauth2.googleapis.com",
    (
        "Received: by 2002:a05:6402:1 with SMTP id x1; Sat, 28 Nov 2026 02:00:00 -0800 (PST)",
        "Authentication-Results: mx.google.com; dkim=pass header.i=@DOMAIN header.s=1;"
        " spf=pass (google.com: domain of ana@DOMAIN designates 198.51.100.7 as permitted sender)"
        " smtp.mailfrom=ana@DOMAIN; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=DOMAIN",
        "Received: from mail.DOMAIN (mail.DOMAIN. [198.51.100.7]) by mx.google.com with ESMTPS id y2"
        " for <support@acme.com>; Sat, 28 Nov 2026 02:00:00 -0800 (PST)",
    ),
)


@dataclass
class Cloud:
    """The stand-in, while it stands."""

    names: Names
    tenant: Tenant
    mailbox: Dovecot
    relay: TokenRelay
    certificate: Certificate
    monitor: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        """Where casebot finds it, in place of the provider's own hosts."""
        sign_in = "CASEBOT_EMAIL__SIGN_IN__0__"
        urls = {f"{sign_in}AUTHORITY": self.tenant.https}
        if self.names is GOOGLE:
            urls = {
                f"{sign_in}TOKEN_URL": f"{self.tenant.https}/token",
                f"{sign_in}CONSENT_URL": f"{self.tenant.https}/consent",
            }
        return {
            **urls,
            "SSL_CERT_FILE": self.certificate.file,
            "REQUESTS_CA_BUNDLE": self.certificate.file,
            "CASEBOT_EMAIL__RELAY": f"smtp://localhost:{self.relay.port}",
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
            r"localhost(?!:)": self.names.sign_in,
        }

    def visit(self, line: str) -> None:
        """Be the person whose browser opens a link that is shown."""
        if link := re.search(r"https://\S+/consent\S+", line):
            urllib.request.urlopen(link[0], context=self.certificate.client).read()

    def arrives(self, sender: str, to: str, subject: str, *lines: str) -> None:
        """A mail from outside, checked at the border."""
        self.mailbox.lay(letter(self.names.headers, sender, to, subject, *lines))

    def sent(self, to: str, subject: str = "") -> list[Any]:
        """What was sent to somebody through its relay."""
        return [mail for mail in self.relay.mails(to) if subject in str(mail["Subject"])]

    def take_back(self) -> None:
        """The consent, and every line that it opened."""
        self.tenant.revoke()
        self.mailbox.stop()
        self.mailbox.start()


@contextmanager
def cloud(names: Names, folder: Path) -> Iterator[Cloud]:
    """Skips the test where there is no Dovecot."""
    certificate = make(folder)
    with (
        tenant(certificate, user=SUPPORT) as sign_in,
        TokenRelay(sign_in, certificate=certificate) as relay,
        Dovecot(new_folder(), certificate, tokens=sign_in.check_url) as mailbox,
    ):
        yield Cloud(names, sign_in, mailbox, relay, certificate)
