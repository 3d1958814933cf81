"""The same mails with a DKIM signature each, and the name server that has the key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bench.support.mails import Mail
from channels.email.auth.dkim_sign import Signer
from tests.support.mail.name_server import NameServer

DOMAIN, SELECTOR = "acme.example", "bench"


def signed(mails: Iterable[Mail], key: Path) -> Iterator[Mail]:
    """Each with a signature of their senders' domain on top."""
    signer = Signer.of(key.read_bytes(), domain=DOMAIN, selector=SELECTOR)
    for mail in mails:
        raw = signer.signed(mail.raw)
        yield replace(mail, data=raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")


@contextmanager
def key_in_dns(folder: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    """A fresh key's PEM file, and the environment of a house that trusts no network and finds the key."""
    key = rsa.generate_private_key(65537, 2048)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "bench.pem"
    file.write_bytes(key.private_bytes(*form))
    with NameServer() as dns:
        record = Signer(key, domain=DOMAIN, selector=SELECTOR).record()
        dns.text(f"{SELECTOR}._domainkey.{DOMAIN}", f"v=DKIM1; {record}")
        asks = {"CASEBOT_EMAIL__NAMESERVERS": f'["{dns.address}"]', "CASEBOT_EMAIL__TRUSTED_NETWORKS": "[]"}
        yield str(file), asks
