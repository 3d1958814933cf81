"""DKIM public keys from DNS (RFC 6376, section 3.6; RFC 8463)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from dkim.util import InvalidTagValueList, parse_tag_value

from bot.model.translatable import saying
from channels.email.auth.evidence import Signature
from channels.email.auth.resolver import Inquiry

SMALLEST, LARGEST = 1024, 8192
"""Bits of an RSA key (RFC 8301, section 3.2)."""
MOST = 3
"""Records at one name that are tried: while a key is exchanged there may be two."""
PADDING, HASHED = PKCS1v15(), Prehashed(SHA256())


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A key that may be used, or why it may not, in words."""

    public: RSAPublicKey | Ed25519PublicKey | None
    why: str = ""
    exact: bool = False
    """``t=s``: it signs for its domain only, for none below."""


def refusal(signature: Signature, ask: Inquiry) -> str:
    """Why a signature is not its domain's, in words; ``""`` if it is.

    Raises ``Unanswered`` if DNS cannot say now.
    """
    records = ask.texts(f"{signature.selector}._domainkey.{signature.domain}")
    keys = [record for record in records if b"p=" in record][:MOST]
    if not keys:
        return saying("there is no key {selector}", selector=signature.selector)
    whys = [_refused(signature, read(record)) for record in keys]
    return "" if "" in whys else whys[0]


def _refused(signature: Signature, key: DkimKey) -> str:
    if key.public is None:
        return key.why
    if key.exact and signature.identity != signature.domain:
        return saying("its key is for that domain only")
    try:
        value, digest = base64.b64decode(signature.value), bytes.fromhex(signature.digest)
        if isinstance(key.public, RSAPublicKey):
            fits = signature.algorithm == "rsa-sha256"
            key.public.verify(value, digest, PADDING, HASHED)
        else:
            fits = signature.algorithm == "ed25519-sha256"
            key.public.verify(value, digest)
    except (InvalidSignature, ValueError):
        return saying("what it signs was changed, or it is forged")
    return "" if fits else saying("its key is of another kind")


@lru_cache(maxsize=1024)
def read(record: bytes) -> DkimKey:
    """A key from its DNS record; never raises."""
    try:
        tags = parse_tag_value(record)
        data = base64.b64decode(b"".join(tags[b"p"].split()), validate=True)
    except (InvalidTagValueList, KeyError, ValueError, binascii.Error):
        return DkimKey(None, saying("its key cannot be read"))
    flags = {flag.strip() for flag in tags.get(b"t", b"").split(b":")}
    if why := _unusable(tags, data, flags):
        return DkimKey(None, why)
    try:
        return _sized(_public(tags.get(b"k", b"rsa"), data), exact=b"s" in flags)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return DkimKey(None, saying("its key cannot be read"))


def _unusable(tags: dict[bytes, bytes], data: bytes, flags: set[bytes]) -> str:
    if tags.get(b"v", b"DKIM1") != b"DKIM1":
        return saying("its key is of another version")
    if not data:
        return saying("its key was revoked")
    if b"y" in flags:
        return saying("its domain is only testing (t=y)")
    if b"sha256" not in _listed(tags.get(b"h", b"sha256")):
        return saying("its key is for another hash")
    if not {b"*", b"email"} & _listed(tags.get(b"s", b"*")):
        return saying("its key is not for mail")
    return ""


def _listed(value: bytes) -> set[bytes]:
    return {item.strip().lower() for item in value.split(b":")}


def _public(kind: bytes, data: bytes) -> RSAPublicKey | Ed25519PublicKey:
    if kind == b"ed25519":
        return Ed25519PublicKey.from_public_bytes(data)
    key = load_der_public_key(data)
    if kind != b"rsa" or not isinstance(key, RSAPublicKey):
        raise ValueError
    return key


def _sized(public: RSAPublicKey | Ed25519PublicKey, *, exact: bool) -> DkimKey:
    if isinstance(public, RSAPublicKey) and not SMALLEST <= public.key_size <= LARGEST:
        return DkimKey(None, f"its key has {public.key_size} bits")
    return DkimKey(public, exact=exact)
