"""What every stand-in of a mail provider has: a mailbox (Dovecot) and a relay, over TLS, and the provider's names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rehearsal.ports import free_port
from tests.support.houses.dovecot import Dovecot
from tests.support.setup.certificates import Certificate

SUPPORT = "support@acme.com"


def letter(headers: Iterable[str], sender: str, to: str, subject: str, *lines: str) -> bytes:
    """A mail below the headers of a border server."""
    head = [line.replace("DOMAIN", sender.rpartition("@")[2]) for line in headers]
    message_id = f"<{re.sub(r'[^a-z0-9]+', '-', subject.lower())}.{sender}>"
    own = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Message-ID: {message_id}"]
    return "\r\n".join((*head, *own, "", *lines, "")).encode()


@dataclass(frozen=True)
class Names:
    """The provider's own, as its guide has them; ``sign_in``: who is said to refuse somebody."""

    imap: str
    smtp: str
    sign_in: str
    headers: tuple[str, ...]
    """What its border server writes on top of a mail; ``DOMAIN`` is its sender's."""


@dataclass
class StandIn:
    """The stand-in, while it stands."""

    names: Names
    mailbox: Dovecot
    relay: Any
    """With its ``port``."""
    certificate: Certificate
    monitor: int = field(default_factory=free_port, kw_only=True)

    @property
    def environment(self) -> dict[str, str]:
        """Where casebot finds its mailbox, in place of the provider's own server."""
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
            r"localhost(?!:)": self.names.sign_in,
        }

    def arrives(self, sender: str, to: str, subject: str, *lines: str) -> None:
        """A mail from outside, checked at the border."""
        self.mailbox.lay(letter(self.names.headers, sender, to, subject, *lines))
