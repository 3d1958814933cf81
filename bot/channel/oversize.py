"""Mail that is too large for a door and stays where the mail server put it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class LeftInMailbox:
    """One message, as little of it as was read."""

    mailbox: str
    """The address of ours that it came to."""
    epoch: int
    number: int
    """Together they are this message's in its folder for ever (RFC 3501, section 2.3.1.1)."""
    size: int
    """Bytes."""
    limit: int
    """Bytes that it might have had."""
    sender: str
    """Whom its header names, proven by nothing; ``""`` if that cannot be read."""
    subject: str


@runtime_checkable
class Leaving(Protocol):
    """A channel whose doors leave some messages in place, unnoticed by their senders."""

    def left_in_mailbox(self) -> Collection[LeftInMailbox]:
        """The messages that lay there at the last look; at once."""
