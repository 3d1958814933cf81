"""Sealers of the rehearsed world: servers that change mail, and say in ARC sets what they had found before."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import dkim
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from dkim.canonicalization import Relaxed

from tests.support.houses.senders import rsa_key

SIGNED = "from:to:subject:date:message-id:content-type"
PASSED = "dmarc=pass header.from=acme.example"
_KINDS = (b"arc-authentication-results", b"arc-message-signature", b"arc-seal")


def sealed(
    raw: bytes,
    found: str = PASSED,
    domain: str = "lists.example",
    *,
    key: Any = None,
    number: int = 0,
    cv: str = "",
    selector: str = "arc",
    more: str = "",
    signs: str = SIGNED,
) -> bytes:
    """A mail with one more ARC set on top, as RFC 8617, section 5.1 makes it.

    ``number``, ``cv``: other than they should be. ``more``: tags of the signature.
    """
    number = number or raw.count(b"ARC-Seal:") + 1
    cv = cv or ("none" if number == 1 else "pass")
    tags = f"i={number}; a=rsa-sha256; d={domain}; s={selector};"
    results = f"ARC-Authentication-Results: i={number}; mx.{domain};\r\n {found}\r\n".encode()
    message = f"ARC-Message-Signature: {tags} c=relaxed/relaxed; h={signs};{more}\r\n bh={_body(raw)};\r\n b="
    message_set = _closed(message.encode(), _chosen(raw, signs), key) + results
    seal = f"ARC-Seal: {tags} cv={cv};\r\n b=".encode()
    return _closed(seal, _chain(message_set + raw), key) + message_set + raw


def _closed(header: bytes, signed: list[tuple[bytes, bytes]], key: Any) -> bytes:
    """The header with its signature over itself and what it signs."""
    name, _, value = header.partition(b":")
    parts = Relaxed.canonicalize_headers([*signed, (name, value)])
    told = b"".join(b"%b:%b" % part for part in parts).rstrip(b"\r\n")
    made = (key or rsa_key()).sign(told, PKCS1v15(), SHA256())
    return header + base64.b64encode(made) + b"\r\n"


def _body(raw: bytes) -> str:
    body = Relaxed.canonicalize_body(raw.partition(b"\r\n\r\n")[2])
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def _chosen(raw: bytes, signs: str) -> list[tuple[bytes, bytes]]:
    fields, _ = dkim.rfc822_parse(raw)
    found: list[tuple[bytes, bytes]] = dkim.select_headers(fields, signs.encode().split(b":"))
    return found


def _chain(raw: bytes) -> list[tuple[bytes, bytes]]:
    """All ARC headers, set by set."""
    fields, _ = dkim.rfc822_parse(raw)
    parts = [field for field in fields if field[0].lower() in _KINDS]
    return sorted(parts, key=lambda field: (_number(field[1]), _KINDS.index(field[0].lower())))


def _number(value: bytes) -> int:
    found = re.search(rb"i\s*=\s*(\d+)", value)
    return int(found[1]) if found else 0
