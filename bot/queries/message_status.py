"""Message status: who wrote it, where it leads, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from store.cases import entry, thread
from store.engine.transaction import Transaction
from store.people import names
from store.queues import dispatch, inbox, outbox


@dataclass(frozen=True, slots=True)
class CaseAt:
    """The number of the case that a thread belongs to, or 0 (one primary key look-up)."""

    channel: str
    address: str

    def answer(self, tx: Transaction) -> int:
        row = thread.at(tx, self.channel, self.address)
        return row.case_id if row else 0


@dataclass(frozen=True, slots=True)
class AddressesOf:
    """The known addresses that end with this part (``u5`` of ``t1/u5``)."""

    channel: str
    last: str

    def answer(self, tx: Transaction) -> list[str]:
        return names.addresses_ending(tx, self.channel, f"/{self.last.lower()}")


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """Is something about a case being delivered to one of these recipients?

    They may have read it before we know that.
    """

    channel: str
    recipients: tuple[str, ...]

    def answer(self, tx: Transaction) -> bool:
        return outbox.on_its_way(tx, self.channel, self.recipients)


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """The status of a kept message."""

    outcome: str
    """``waiting``, ``done``, ``aside`` or ``shunted``."""
    case: int | None
    envelope: Mapping[str, Any]
    public: bool
    """All that it said on the case may be read by customers."""
    sent: bool = False
    """It was sent to customers, or waits to be."""


@dataclass(frozen=True, slots=True)
class StatusOf:
    """The status of the message kept under a key; None if there is none."""

    source: str
    key: str

    def answer(self, tx: Transaction) -> MessageStatus | None:
        row = inbox.find(tx, self.source, self.key)
        if row is None:
            return None
        heard = entry.visibilities(tx, row.case_id, row.id) if row.case_id else []
        sent = any(
            sending.state == dispatch.WAITING for sending in dispatch.of_request(tx, self.source, self.key)
        )
        return MessageStatus(
            row.outcome, row.case_id, row.envelope, public=set(heard) == {"public"}, sent=sent
        )
