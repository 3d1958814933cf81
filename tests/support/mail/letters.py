"""Mail for tests: the oddities in ``tests/data/mail``, and letters made on the spot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.channel.protocols import OWN, PASSED_ON, Context, Inbound, Letter, Mailbox, line_hash
from channels.email.reading.inbound import Reading, read
from channels.email.replies.own_text import OurText

FOLDER = Path(__file__).parents[2] / "data/mail"
MAILBOX = Mailbox(
    "support@example.com",
    "Acme Support",
    authserv_id="mx.example.com",
    own_list_ids=("support.groups.example.com",),
)
READING = Reading((MAILBOX, Mailbox("hilfe@example.de", "Hilfe")), ("127.0.0.0/8", "::1/128"), "example.com")


def mail(name: str) -> bytes:
    return (FOLDER / f"{name}.eml").read_bytes()


def made(*headers: str, body: str = "Hello") -> bytes:
    """A small mail from Ana, its headers preceded by the given ones."""
    usual = ("From: Ana <ana@acme.example>", "To: support@example.com", "Subject: Hello")
    return "\r\n".join((*headers, *usual, "", body, "")).encode()


def letter(raw: bytes, **envelope: Any) -> Letter:
    told = {"door": "smtp", "peer": "192.0.2.9", "mail_from": "ana@acme.example", "rcpt_tos": [], **envelope}
    return Letter(1, "email", "key", raw, told, datetime(2026, 11, 24, tzinfo=UTC))


def sent(*lines: str) -> bytes:
    """One message of ours with these lines, as the outbox keeps them."""
    kinds = ((line_hash(line), PASSED_ON if line.startswith(">") else OWN) for line in lines)
    return b"".join(name + kind for name, kind in kinds if name)


def ours(*lines: str) -> OurText:
    return OurText((sent(*lines),) if lines else ())


def reading(raw: bytes, *lines: str, **envelope: Any) -> Inbound:
    return read(letter(raw, **envelope), Context((sent(*lines),) if lines else ()), READING)[0]


def new_words(inbound: Inbound) -> str:
    return "\n".join(part.text for part in inbound.parts if part.kind == "new").strip()
