"""Mail addresses: what people are known by, whichever channels they use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from bot.model.identity import Identity

MAIL = "email"
"""The channel whose addresses these are; nothing else of the desk is decided by a channel's name."""


class Addressed(Protocol):
    """Somebody with the address that they are met at: a person of the store, or an identity."""

    @property
    def channel(self) -> str: ...

    @property
    def address(self) -> str: ...


def has_mail(someone: Addressed) -> bool:
    """Are they met at a mail address?"""
    return someone.channel == MAIL


def complete(address: str) -> bool:
    """Can mail be sent to it? Not to whoever wrote a mail that names no address of theirs."""
    return "@" in address


_UNATTENDED = re.compile(
    r"(?:mail(?:er)?-daemon|(?:.*[-_.])?(?:no|do[-_.]?not|dont)[-_.]?reply)(?:[-+_.\d].*)?@", re.I
)


def is_unattended(address: str) -> bool:
    """Return whether an address says that nobody reads its mail, as ``noreply@example.com`` does."""
    return _UNATTENDED.match(address) is not None


def without_plus_parts(address: str) -> Iterator[str]:
    """The address in lower case, and then without its plus-parts, one after the other from the right."""
    address = address.lower()
    yield address
    local, at, domain = address.rpartition("@")
    while "+" in local:
        local = local.rpartition("+")[0]
        yield local + at + domain


def mail_identity(address: str, name: str = "") -> Identity:
    """Whoever has this mail address."""
    return Identity(MAIL, address, name)


def channel_and_address(written: str) -> tuple[str, str]:
    """``pager:T1/U2`` → ``("pager", "T1/U2")``; what has no colon is a mail address."""
    channel, colon, address = written.partition(":")
    return (channel, address) if colon else (MAIL, written)


def with_channel(channel: str, address: str) -> str:
    """As ``channel_and_address`` reads it."""
    return address if channel == MAIL else f"{channel}:{address}"
