"""DKIM signatures on our own mail (RFC 6376, section 5; RFC 8463)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import dkim
import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from dkim.canonicalization import CanonicalizationPolicy, Relaxed

from bot.channel.protocols import Mailbox
from channels.email.auth import dkim_keys, dkim_verify
from channels.email.auth.resolver import Inquiry, Unanswered
from channels.email.config.settings import Dkim
from channels.email.mime import headers, prescan

log = structlog.get_logger("email.signing")
SIGNED = (
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"in-reply-to", b"references",
    b"mime-version", b"content-type", b"auto-submitted",
)  # fmt: skip
ONCE_MORE = (b"from", b"to", b"subject", b"date", b"content-type")
"""Signed one time more than they are there, so that nobody can add one."""
_RELAXED = CanonicalizationPolicy(Relaxed, Relaxed)
_LINE = re.compile(rb".{1,72}")
PrivateKey = RSAPrivateKey | Ed25519PrivateKey


class Signer:
    """Signs for one domain; safe between threads."""

    def __init__(self, key: PrivateKey, *, domain: str, selector: str) -> None:
        self._key = key
        self.domain, self.selector = domain.lower(), selector.lower()
        self._algorithm = "rsa-sha256" if isinstance(key, RSAPrivateKey) else "ed25519-sha256"

    @classmethod
    def of(cls, pem: bytes, *, domain: str, selector: str) -> Signer:
        """A signer from a PEM file's bytes; ``ValueError`` in words if it has no usable key."""
        try:
            key = serialization.load_pem_private_key(pem, None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise ValueError("is no private key without a password") from None
        if not isinstance(key, PrivateKey):
            raise ValueError("is neither an RSA nor an Ed25519 key")
        if isinstance(key, RSAPrivateKey) and not dkim_keys.SMALLEST <= key.key_size <= dkim_keys.LARGEST:
            raise ValueError(f"has {key.key_size} bits; at least 2048 are good")
        return cls(key, domain=domain, selector=selector)

    def signed(self, mail: bytes) -> bytes:
        """A mail of ours (CRLF throughout) with its signature on top.

        The time in it is that of Date, and RSA and Ed25519 are deterministic: so are the bytes.
        """
        end = prescan.header_end(mail)
        fields = [(bytes(name), bytes(value)) for name, value in dkim.rfc822_parse(mail[: end + 1])[0]]
        names = _names(fields)
        tags = self._tags(names, fields, mail[end + 3 :])
        digest = dkim_verify.digest(_RELAXED, (b"DKIM-Signature", tags), dkim_verify.chosen(fields, names))
        value = b"\r\n ".join(_LINE.findall(base64.b64encode(self._sign(digest))))
        return b"DKIM-Signature:%b%b\r\n%b" % (tags, value, mail)

    def _tags(self, names: list[bytes], fields: list[tuple[bytes, bytes]], body: bytes) -> bytes:
        written = next((value for name, value in fields if name.lower() == b"date"), b"")
        date = headers.date(written.decode("ascii", "replace"))
        return (
            f" v=1; a={self._algorithm}; c=relaxed/relaxed; d={self.domain}; s={self.selector};\r\n"
            f" {f't={int(date.timestamp())}; ' if date else ''}h={':'.join(name.decode() for name in names)};\r\n"
            f" bh={dkim_verify.body_hash(dkim_verify.relaxed(body)).decode()};\r\n b="
        ).encode("ascii")

    def _sign(self, digest: bytes) -> bytes:
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(digest, dkim_keys.PADDING, dkim_keys.HASHED)
        return self._key.sign(digest)

    def problem(self, ask: Inquiry) -> str:
        """Why receivers cannot check our signatures, in words; ``""`` if they can."""
        place = f"{self.selector}._domainkey.{self.domain}"
        try:
            records = ask.texts(place)
        except Unanswered:
            return f"DNS has no answer about {place} just now, so the key there was not compared"
        if not records:
            return f"there is no TXT record at {place}; it should be v=DKIM1; {self.record()}"
        if any(_same(dkim_keys.read(record), self._key) for record in records):
            return ""
        return f"the key at {place} is not the one we sign with; it should be v=DKIM1; {self.record()}"

    def record(self) -> str:
        """The text of the TXT record for the key."""
        public = self._key.public_key()
        if isinstance(self._key, Ed25519PrivateKey):
            return f"k=ed25519; p={_base64(public.public_bytes(_RAW, serialization.PublicFormat.Raw))}"
        der = public.public_bytes(_DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return f"k=rsa; p={_base64(der)}"


_RAW, _DER = serialization.Encoding.Raw, serialization.Encoding.DER


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _same(published: dkim_keys.DkimKey, own: PrivateKey) -> bool:
    return published.public is not None and published.public == own.public_key()


def _names(fields: list[tuple[bytes, bytes]]) -> list[bytes]:
    present = [name.lower() for name, _ in fields]
    return [name for name in present if name in SIGNED] + list(ONCE_MORE)


class Signers:
    """The signers of the mailboxes that have a key."""

    def __init__(self, mailboxes: Iterable[Mailbox]) -> None:
        self._signers: dict[str, Signer] = {}
        self.mistakes: list[str] = []
        """A sentence for each key that cannot be used: mail from there leaves unsigned."""
        for box in mailboxes:
            if "dkim" in box.settings:
                self._open(box.address.lower(), box.settings["dkim"])
        for mistake in self.mistakes:
            log.error("mail leaves unsigned", why=mistake)

    def _open(self, address: str, values: Mapping[str, str]) -> None:
        settings = Dkim.model_validate(values)
        domain = settings.domain or address.rpartition("@")[2]
        try:
            pem = Path(settings.private_key).read_bytes()
            self._signers[address] = Signer.of(pem, domain=domain, selector=settings.selector)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            self.mistakes.append(f"[[mailbox]] {address}: dkim.private_key: {settings.private_key} {why}")

    def signed(self, mail: bytes) -> bytes:
        """A mail of ours, signed if the mailbox in its From has a key."""
        if not self._signers:
            return mail
        author = _FROM.search(mail, 0, prescan.header_end(mail) + 1)
        seen = headers.sender([author[1].decode("ascii", "replace")]) if author else None
        signer = self._signers.get(seen.address) if seen else None
        return signer.signed(mail) if signer else mail

    def problems(self, ask: Inquiry) -> Iterable[str]:
        """A sentence for each key that cannot be used, or that DNS does not have."""
        yield from (f"{mistake}." for mistake in self.mistakes)
        for address, signer in self._signers.items():
            if problem := signer.problem(ask):
                yield f"[[mailbox]] {address}: dkim: {problem}."


_FROM = re.compile(rb"^from:([^\n]*\n(?:[ \t][^\n]*\n)*)", re.IGNORECASE | re.MULTILINE)
