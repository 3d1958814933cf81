"""What a message of ours says since words were taken out of it, for the channel where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from store.engine.transaction import Transaction
from store.queues import redacted_message


@dataclass(frozen=True, slots=True)
class RedactedMessage:
    """A message of ours that stands in a chat, and is to be written anew there."""

    id: int
    """Of its delivery."""
    payload: bytes
    """As it is to read now."""
    place: str
    since: float
    """When it was put into the outbox (seconds since 1970): it cannot stand there any longer."""


@dataclass(frozen=True, slots=True)
class RedactedDelivery:
    """The message of a delivery; None if it stands nowhere."""

    delivery: int

    def answer(self, tx: Transaction) -> RedactedMessage | None:
        row = redacted_message.standing(tx, self.delivery)
        return RedactedMessage(row.id, row.payload, row.place, row.since.timestamp()) if row else None
