"""Signed tokens: reply addresses, Message-IDs, envelope senders, page links.

Nothing of them is stored. Each kind is signed under a salt of its own, so that none can stand in for another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from itsdangerous import BadData, Signer, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_decode, base64_encode, want_bytes

from bot.links import link_filter

PUBLIC, INTERNAL = "public", "internal"
TOKEN_LIFE = timedelta(days=400)
_MAC = 13  # 104 bits
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_SIGNED_PATH = r"/(?:case|survey|mail|files|my|new|upload|solved|join)/(?:…|[\w.-]+)(?:/file/\d+)?"


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """A reply address's meaning: its holder speaks as this person on this case, to this audience."""

    case: int
    person: int
    audience: str


@dataclass(frozen=True, slots=True)
class PageToken:
    """A page link's meaning: its numbers, and whether it has expired."""

    numbers: tuple[int, ...]
    expired: bool


class Links:
    """Makes and verifies signed names. ``secrets``: at least 32 bytes each; the first signs, all verify."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._keys = [hashlib.sha256(b"casebot links" + s.encode()).digest() for s in secrets]
        self._signers: dict[str, URLSafeTimedSerializer] = {}
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        """When page tokens are signed."""
        self.base_url = ""
        """What links to pages begin with; the web door sets it. Empty: there are no pages."""

    def page_url(self, purpose: str, *numbers: int) -> str:
        """The full URL of a page, ``https://support.acme.com/survey/TOKEN``; ``""`` without a web door."""
        return f"{self.base_url}/{purpose}/{self.page_token(purpose, *numbers)}" if self.base_url else ""

    def without_pages(self, *texts: str) -> list[str]:
        """Texts without links to our pages: any reader of such a link could act as its holder.

        The texts follow each other, as the parts of a mail do: a link may be broken between two of them.
        """
        if not self.base_url:
            return list(texts)
        own_pages = re.compile(re.escape(self.base_url) + _SIGNED_PATH, re.IGNORECASE)
        return [
            own_pages.sub(lambda _: f"{self.base_url}/…", text) if "://" in text else text
            for text in link_filter.cut(texts)
        ]

    def page_token(self, purpose: str, *numbers: int) -> str:
        """A token for a page, signed with the time; it opens no page of another ``purpose``."""
        token: str = self._signer(purpose).dumps(numbers)
        return token

    def read_page_token(
        self, purpose: str, token: str, *, now: datetime, life: timedelta | None = None
    ) -> PageToken | None:
        """The token's meaning, or None if it is not ours or altered. ``life`` None: it never expires."""
        try:
            numbers, since = self._signer(purpose).loads(token, return_timestamp=True)
        except (BadData, ValueError, OverflowError):
            return None
        return PageToken(tuple(numbers), expired=life is not None and now - since > life)

    def _now(self) -> datetime:
        return self.clock()

    def _signer(self, purpose: str) -> URLSafeTimedSerializer:
        if purpose not in self._signers:
            keys = self._keys[::-1]  # of several keys, itsdangerous signs with the last
            signing = {"digest_method": hashlib.sha256, "clock": self._now}
            self._signers[purpose] = _Serializer(
                keys, salt=f"casebot page {purpose}", signer=_Clocked, signer_kwargs=signing
            )
        return self._signers[purpose]

    def reply_token(self, case: int, person: int, audience: str, *, now: datetime) -> str:
        """The plus-part of a reply address: lower-case base32, 39 characters, case-insensitive."""
        days = ((now + TOKEN_LIFE) - _EPOCH).days
        body = struct.pack(">BIIH", 1 if audience == INTERNAL else 0, case, person, days)
        return _base32(body + self._mac(b"reply", body))

    def read_reply_token(self, token: str, *, now: datetime) -> ReplyToken | None:
        """The token's meaning, or None if it is not ours, altered or expired."""
        data = _unbase32(token)
        if data is None or len(data) != 11 + _MAC or not self._signed(b"reply", data[:11], data[11:]):
            return None
        audience, case, person, days = struct.unpack(">BIIH", data[:11])
        if _EPOCH + timedelta(days=days) < now:
            return None
        return ReplyToken(case, person, INTERNAL if audience else PUBLIC)

    def message_id(self, case: int, outgoing: int, domain: str) -> str:
        """A Message-ID that names the case and the delivery (RFC 5322, section 3.6.4)."""
        body = struct.pack(">IQ", case, outgoing)
        return f"<{_base32(body + self._mac(b'message', body))}@{domain}>"

    def read_message_id(self, message_id: str) -> tuple[int, int] | None:
        """``(case, outgoing)`` of one of our Message-IDs, or None."""
        local = message_id.strip().strip("<>").partition("@")[0]
        data = _unbase32(local)
        if data is None or len(data) != 12 + _MAC or not self._signed(b"message", data[:12], data[12:]):
            return None
        case, outgoing = struct.unpack(">IQ", data[:12])
        return case, outgoing

    def bounce_tag(self, outgoing: int) -> str:
        """The plus-part of an envelope sender, which names the delivery that a bounce is about."""
        body = struct.pack(">Q", outgoing)
        return "b-" + _base32(body + self._mac(b"bounce", body))

    def read_bounce_tag(self, tag: str) -> int | None:
        """The outgoing id of a bounce address of ours, or None."""
        data = _unbase32(tag[2:]) if tag.startswith("b-") else None
        if data is None or len(data) != 8 + _MAC or not self._signed(b"bounce", data[:8], data[8:]):
            return None
        return int(struct.unpack(">Q", data[:8])[0])

    def canary_tag(self, number: int) -> str:
        """The plus-part of an address to which we write to ourselves, which names the canary."""
        body = struct.pack(">Q", number)
        return "c-" + _base32(body + self._mac(b"canary", body))

    def read_canary_tag(self, tag: str) -> int | None:
        """The number of a canary of ours, or None."""
        data = _unbase32(tag[2:]) if tag.startswith("c-") else None
        if data is None or len(data) != 8 + _MAC or not self._signed(b"canary", data[:8], data[8:]):
            return None
        return int(struct.unpack(">Q", data[:8])[0])

    def _mac(self, salt: bytes, body: bytes, key: int = 0) -> bytes:
        return hmac.digest(self._keys[key], salt + b":" + body, "sha256")[:_MAC]

    def _signed(self, salt: bytes, body: bytes, mac: bytes) -> bool:
        return any(hmac.compare_digest(self._mac(salt, body, n), mac) for n in range(len(self._keys)))


class _Serializer(URLSafeTimedSerializer):
    """Makes its signer once, and does not compress.

    A few numbers never get shorter, and trying costs more than the signature.
    """

    @lru_cache(maxsize=2)  # noqa: B019 - it lives as long as the process
    def make_signer(self, salt: str | bytes | None = None) -> Signer:
        return super().make_signer(salt)

    def dump_payload(self, obj: Any) -> bytes:
        return base64_encode(_numbers(obj))


class _Clocked(TimestampSigner):
    """Signs with the desk's time, not with the machine's."""

    def __init__(self, *keys: Any, clock: Callable[[], datetime], **how: Any) -> None:
        super().__init__(*keys, **how)
        self._clock = clock

    @lru_cache(maxsize=8)  # noqa: B019 - likewise
    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        return super().derive_key(secret_key)

    def get_timestamp(self) -> int:
        return int(self._clock().timestamp())

    def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
        """Verify a signature in our spelling only: the last letter has unused bits, and so four spellings."""
        return super().verify_signature(value, sig) and base64_encode(base64_decode(sig)) == want_bytes(sig)


_numbers = json.JSONEncoder(separators=(",", ":")).encode


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def _unbase32(text: str) -> bytes | None:
    """The bytes, if this is how we spell them, in letters of any case."""
    try:
        data = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except ValueError:
        return None
    return data if _base32(data) == text.lower() else None
