"""A stand-in of Microsoft 365 or Google Workspace: sign-in, a mailbox (Dovecot) and a relay, all over TLS."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.guides.follower import Follower
from tests.support.guides.stand_in import SUPPORT, Names, StandIn
from tests.support.houses.dovecot import Dovecot, new_folder
from tests.support.houses.tenant import Tenant, tenant
from tests.support.mail.token_relay import TokenRelay
from tests.support.setup.certificates import make

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
class Cloud(StandIn):
    """The stand-in, while it stands."""

    tenant: Tenant

    @property
    def environment(self) -> dict[str, str]:
        """As of every stand-in; and where casebot finds relay and sign-in."""
        sign_in = "CASEBOT_EMAIL__SIGN_IN__0__"
        urls = {f"{sign_in}AUTHORITY": self.tenant.https}
        if self.names is GOOGLE:
            urls = {
                f"{sign_in}TOKEN_URL": f"{self.tenant.https}/token",
                f"{sign_in}CONSENT_URL": f"{self.tenant.https}/consent",
            }
        return {
            **super().environment,
            **urls,
            "REQUESTS_CA_BUNDLE": self.certificate.file,
            "CASEBOT_EMAIL__RELAY": f"smtp://localhost:{self.relay.port}",
        }

    def reader(self, folder: Path) -> Follower:
        """Somebody who follows its guide in this folder."""
        reader = Follower(folder, self.environment, called=self.called, visit=self.visit)
        reader.names["127.0.0.1:8081"] = f"127.0.0.1:{self.monitor}"
        return reader

    def visit(self, line: str) -> None:
        """Be the person whose browser opens a link that is shown."""
        if link := re.search(r"https://\S+/consent\S+", line):
            urllib.request.urlopen(link[0], context=self.certificate.client).read()

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
        yield Cloud(names, mailbox, relay, certificate, sign_in)
