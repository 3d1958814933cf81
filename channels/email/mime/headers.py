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
    """A header as it came, without its line ends; bytes that are not ASCII decoded as UTF-8 or Windows-1252."""
    if "\n" in value or "\r" in value:
        value = value.replace("\r", "").replace("\n", "")
    if value.isascii():
        return value
    return charset.decode(value.encode("utf-8", "surrogateescape"))


def decoded(value: str) -> str:
    """A header's text with its encoded words read (RFC 2047), as one clean line."""
    value = unfolded(value)
    return text.line(_words(value) if "=?" in value else value)


def _words(value: str) -> str:
    try:
        found = decode_header(value)
    except (MessageError, ValueError, LookupError):
        return value
    return "".join(
        part if isinstance(part, str) else charset.decode(part, encoding or "") for part, encoding in found
    )


def subject(value: str) -> str:
    """A decoded subject without ``Re:``, ``Fwd:`` and our tag, in several languages."""
    end = 0
    while found := _REPLY.match(value, end):
        end = found.end()
    return value[end:].strip()


def sender(values: Iterable[str]) -> Identity | None:
    """Who ``From`` names, if there is exactly one such header with exactly one mailbox; else None.

    Encoded words are decoded in the name only: an address made of them is none (RFC 2047, section 5).
    """
    found = [unfolded(value) for value in values]
    seen = address_list.one(found[0].strip()) if len(found) == 1 and len(found[0]) <= LONGEST_FROM else None
    address = written(seen.local, seen.domain) if seen else ""
    return Identity("email", address, _name(seen.name)) if seen and address and "=?" not in address else None


def people(values: Iterable[str]) -> tuple[Identity, ...]:
    """Everybody that recipient headers name; what cannot be read is left out."""
    found: dict[str, Identity] = {}
    for value in values:
        for name, local, domain in address_list.every(unfolded(value)):
            clean = written(local, domain)
            if clean and len(found) < MOST_ADDRESSES:
                found.setdefault(clean, Identity("email", clean, _name(name)))
    return tuple(found.values())


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
    found = text.name(_words(value) if "=?" in value else value)
    quoted = len(found) > 1 and found[0] == found[-1] == '"'  # within an encoded word
    return found[1:-1].strip() if quoted else found


def ids(value: str) -> tuple[str, ...]:
    """The Message-IDs in a header, with angle brackets, in its order; also bare, comma-split or encoded ones."""
    value = unfolded(value)
    if "=?" in value:  # some programs encode a line that they cannot fold
        value = _words(value)
    found = [f"<{one}>" for one in _ID.findall(value)]
    if not found:
        found = [f"<{one}>" for one in _BETWEEN_IDS.split(value) if "@" in one.strip("@")]
    return tuple(dict.fromkeys(text.line(one).replace(" ", "") for one in found))


def date(value: str) -> datetime | None:
    """A Date header in UTC, or None."""
    try:
        found = parsedate_to_datetime(unfolded(value)[:100])
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
