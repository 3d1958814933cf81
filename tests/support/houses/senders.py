"""Senders of the rehearsed world: domains with keys in a name server of our own, and the mail they sign."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from functools import cache
from typing import Any

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from bot.channel.protocols import Context, Inbound, Letter, Mailbox, Unreadable
from bot.model.identity import Proof
from channels.email.auth.evidence import Claimed
from channels.email.auth.resolver import DnsTimeBudget
from channels.email.auth.verifier import Verifier
from channels.email.reading.inbound import Reading, read
from tests.support.mail.name_server import NameServer

HEADERS = [b"from", b"to", b"subject", b"date", b"message-id", b"content-type"]


@cache
def rsa_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """One key for a size and a number, made once a run."""
    return rsa.generate_private_key(65537, bits)


@cache
def ed25519_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def pem(key: Any) -> bytes:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    if isinstance(key, ed25519.Ed25519PrivateKey):
        form = serialization.PrivateFormat.PKCS8
    return bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))


def record(key: Any, *, tags: str = "v=DKIM1; k=rsa; ") -> str:
    """The TXT record with the public half of a key."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return f"v=DKIM1; k=ed25519; p={base64.b64encode(raw).decode()}"
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"{tags}p={base64.b64encode(der).decode()}"


def publish(
    dns: NameServer, domain: str, key: Any = None, *, selector: str = "s", tags: str = "v=DKIM1; k=rsa; "
) -> None:
    dns.text(f"{selector}._domainkey.{domain}", record(key or rsa_key(), tags=tags))


def mail(
    author: str = "Ana <ana@acme.example>",
    *,
    subject: str = "Hello",
    body: str = "The deal is late.",
    more: str = "",
) -> bytes:
    lines = [
        f"From: {author}", "To: support@example.com", f"Subject: {subject}",
        "Date: Tue, 24 Nov 2026 10:00:00 +0000", f"Message-ID: <{abs(hash((author, subject, body)))}@acme.example>",
        "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
    ]  # fmt: skip
    return (more + "\r\n".join((*lines, "", body, ""))).encode()


def signed(
    raw: bytes, domain: str = "acme.example", key: Any = None, *, selector: str = "s", **more: Any
) -> bytes:
    """A mail with a DKIM-Signature on top, as dkimpy writes it. ``more``: of ``dkim.sign``."""
    options = {"include_headers": HEADERS, "canonicalize": (b"relaxed", b"relaxed"), **more}
    made = dkim.sign(raw, selector.encode(), domain.encode(), pem(key or rsa_key()), **options)
    return bytes(made) + raw


class Border:
    """Reads mail and proves its sender, as the house does, without the house."""

    def __init__(self, dns: NameServer, **mailbox: Any) -> None:
        self.dns = dns
        self.waited = 0.0
        """Seconds that have gone by, for whoever waits for DNS."""
        self.prover = Verifier([dns.address], DnsTimeBudget(lambda: self.waited))
        self._reading = Reading((Mailbox("support@example.com", "Support", **mailbox),), ("127.0.0.0/8",))

    def read(self, raw: bytes, **envelope: Any) -> Inbound | Unreadable:
        """The reading of a mail that came by IMAP, if nothing else is said."""
        return self.read_all([raw], **envelope)[0]

    def read_all(self, raws: list[bytes], **envelope: Any) -> list[Inbound | Unreadable]:
        """Those of one batch."""
        told = {"door": "imap", "peer": "", "mail_from": "ana@acme.example", **envelope}
        now = datetime.now(UTC)
        letters = [Letter(n, "email", "key", raw, told, now) for n, raw in enumerate(raws)]
        found = [read(letter, Context(), self._reading) for letter in letters]
        claimed = [Claimed(one, claims) if claims else one for one, _, claims in found]
        return self.prover.settle(letters, claimed)

    def proof(self, raw: bytes, **envelope: Any) -> Proof:
        return self.inbound(raw, **envelope).proof

    def inbound(self, raw: bytes, **envelope: Any) -> Inbound:
        found = self.read(raw, **envelope)
        assert isinstance(found, Inbound), found
        return found

    def close(self) -> None:
        self.prover.close()
