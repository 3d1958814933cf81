"""Message status: who wrote it, where it leads, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from store.cases import entry, thread
from store.engine.transaction import Transaction
from store.people import names
from store.queues import inbox, outbox


@dataclass(frozen=True, slots=True)
class CaseAt:
    """The number of the case that a thread belongs to, or 0 (one look at a primary key)."""

    channel: str
    address: str

    def answer(self, tx: Transaction) -> int:
        found = thread.at(tx, self.channel, self.address)
        return found.case_id if found else 0


@dataclass(frozen=True, slots=True)
class AddressesOf:
    """The addresses by which the desk has met somebody, whose last part is this (``u5`` of ``t1/u5``)."""

    channel: str
    last: str

    def answer(self, tx: Transaction) -> list[str]:
        return names.addresses_ending(tx, self.channel, f"/{self.last.lower()}")


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """Is something about a case being told to one of these recipients, who may have read it before we know that?"""

    channel: str
    recipients: tuple[str, ...]

    def answer(self, tx: Transaction) -> bool:
        return outbox.on_its_way(tx, self.channel, self.recipients)


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """What became of a kept message."""

    outcome: str
    """``waiting``, ``done``, ``aside`` or ``shunted``."""
    case: int | None
    envelope: Mapping[str, Any]
    public: bool
    """All that it said on the case may be read by customers."""


@dataclass(frozen=True, slots=True)
class Became:
    """The fate of the message that was kept under a key; None if there is none."""

    source: str
    key: str

    def answer(self, tx: Transaction) -> MessageStatus | None:
        row = inbox.find(tx, self.source, self.key)
        if row is None:
            return None
        heard = entry.visibilities(tx, row.case_id, row.id) if row.case_id else []
        return MessageStatus(row.outcome, row.case_id, row.envelope, public=set(heard) == {"public"})
