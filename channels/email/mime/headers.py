"""Headers: decoded text, addresses, Message-IDs, dates; each guarded, none trusted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header
from email.utils import parsedate_to_datetime

from bot.channel.protocols import LONGEST_ADDRESS
from bot.languages.catalogue import longest_first
from bot.model.identity import Identity
from channels import text
from channels.email.encoding import charset
from channels.email.mime import address_list

MOST_ADDRESSES = 200
LONGEST_FROM = 2000
"""Characters of a From that is read."""
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+"
_ID = re.compile(r"<([^<>\s,]{1,900})>")
_BETWEEN_IDS = re.compile(r"[\s<>,()]+")
_PREFIXES = "|".join(longest_first(lambda language: language.subjects.prefix))
_REPLY = re.compile(
    rf"\s*(?:(?:{_PREFIXES})(?:\[\d{{1,3}}\]|\(\d{{1,3}}\))?\s*[:：]|\[(?:CS-\d{{6,12}})\])", re.IGNORECASE
)


def unfolded(value: str) -> str:
    """A header without its line ends; non-ASCII bytes decoded as UTF-8 or Windows-1252."""
    if "\n" in value or "\r" in value:
        value = value.replace("\r", "").replace("\n", "")
    if value.isascii():
        return value
    return charset.decode(value.encode("utf-8", "surrogateescape"))


def decoded(value: str) -> str:
    """A header's text with its encoded words decoded (RFC 2047), as one clean line."""
    value = unfolded(value)
    return text.line(_words(value) if "=?" in value else value)


def _words(value: str) -> str:
    try:
        parts = decode_header(value)
    except (MessageError, ValueError, LookupError):
        return value
    return "".join(
        part if isinstance(part, str) else charset.decode(part, encoding or "") for part, encoding in parts
    )


def subject(value: str) -> str:
    """A decoded subject without ``Re:``, ``Fwd:`` and our tag, in several languages."""
    end = 0
    while prefix := _REPLY.match(value, end):
        end = prefix.end()
    return value[end:].strip()


def sender(values: Iterable[str]) -> Identity | None:
    """The person in ``From``, if there is exactly one such header with exactly one mailbox; else None.

    Encoded words are decoded in the name only: an address made of them is none (RFC 2047, section 5).
    """
    froms = [unfolded(value) for value in values]
    seen = address_list.one(froms[0].strip()) if len(froms) == 1 and len(froms[0]) <= LONGEST_FROM else None
    address = written(seen.local, seen.domain) if seen else ""
    return Identity("email", address, _name(seen.name)) if seen and address and "=?" not in address else None


def people(values: Iterable[str]) -> tuple[Identity, ...]:
    """Everybody that recipient headers name; unreadable addresses are left out."""
    by_address: dict[str, Identity] = {}
    for value in values:
        for name, local, domain in address_list.every(unfolded(value)):
            clean = written(local, domain)
            if clean and len(by_address) < MOST_ADDRESSES:
                by_address.setdefault(clean, Identity("email", clean, _name(name)))
    return tuple(by_address.values())


def written(local: str, domain: str) -> str:
    """An address in lower case with its domain in ASCII, or ``""`` if it cannot be one."""
    local, domain = text.clean(local).lower(), text.clean(domain).lower().rstrip(".")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    address = f"{local}@{domain}"
    return address if _ONE.fullmatch(address) and len(address.encode()) <= LONGEST_ADDRESS else ""


_ONE = re.compile(
    rf"{_ATOM}(?:\.{_ATOM})*@(?:[a-z0-9](?:[a-z0-9_-]{{0,61}}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9_-]{{0,61}}[a-z0-9])?){{0,20}}"
)


def _name(value: str) -> str:
    shown_name = text.name(_words(value) if "=?" in value else value)
    quoted = len(shown_name) > 1 and shown_name[0] == shown_name[-1] == '"'  # within an encoded word
    return shown_name[1:-1].strip() if quoted else shown_name


def ids(value: str) -> tuple[str, ...]:
    """The Message-IDs in a header, in order, in angle brackets; also bare, comma-split or encoded ones."""
    value = unfolded(value)
    if "=?" in value:  # some programs encode a line that they cannot fold
        value = _words(value)
    message_ids = [f"<{message_id}>" for message_id in _ID.findall(value)]
    if not message_ids:
        message_ids = [
            f"<{message_id}>" for message_id in _BETWEEN_IDS.split(value) if "@" in message_id.strip("@")
        ]
    return tuple(dict.fromkeys(text.line(message_id).replace(" ", "") for message_id in message_ids))


def date(value: str) -> datetime | None:
    """A Date header in UTC, or None."""
    try:
        moment = parsedate_to_datetime(unfolded(value)[:100])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
