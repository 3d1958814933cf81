"""Message status: who wrote it, where it leads, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.model.rule import CUSTOMERS
from store.cases import entry as entries
from store.cases import participant, thread
from store.engine.transaction import Transaction
from store.people import names, person
from store.queues import dispatch, inbox, outbox

UNCHOSEN = "unchosen:"
"""Prefix of the key of a message that is read again because its sender chose no case; the first key follows."""


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
    """Is something about a case being delivered to one of these recipients, or a new card to this board?

    They may have read it before we know that.
    """

    channel: str
    recipients: tuple[str, ...]
    board: str = ""

    def answer(self, tx: Transaction) -> bool:
        return outbox.on_its_way(tx, self.channel, self.recipients, board=self.board)


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """The status of a kept message, and of what it was changed to."""

    outcome: str
    """``waiting``, ``done``, ``aside`` or ``shunted``."""
    case: int | None
    envelope: Mapping[str, Any]
    public: bool
    """All that it said on the case may be read by customers."""
    sent: bool = False
    """It was to be sent to customers, and was, or was taken back."""


@dataclass(frozen=True, slots=True)
class StatusOf:
    """The status of the message kept under a key; None if there is none."""

    source: str
    key: str

    def answer(self, tx: Transaction) -> MessageStatus | None:
        row = inbox.find(tx, self.source, self.key)
        if row is None:
            return None
        sent = dispatch.of_request(tx, self.source, self.key)
        standing = [sending for sending in sent if sending.state == dispatch.WAITING]
        case = standing[0].case_id if standing else row.case_id
        heard = entries.visibilities(tx, row.case_id, row.id) if row.case_id else []
        ids = [int(number) for sending in standing for number in json.loads(sending.entries)]
        heard += entries.visibilities_of(tx, ids)
        return MessageStatus(
            row.outcome, case, row.envelope, public=set(heard) == {"public"}, sent=bool(sent)
        )


@dataclass(frozen=True, slots=True)
class ChangesOf:
    """The changes of a kept message: key and outcome of each."""

    source: str
    key: str

    def answer(self, tx: Transaction) -> dict[str, str]:
        return inbox.changes(tx, self.source, self.key)


@dataclass(frozen=True, slots=True)
class RawOf:
    """The bytes of the message kept under a key; empty if there is none, or it is not in the database."""

    source: str
    key: str

    def answer(self, tx: Transaction) -> bytes:
        row = inbox.find(tx, self.source, self.key)
        return inbox.raw_of(tx, row.id) if row else b""


@dataclass(frozen=True, slots=True)
class TakesPart:
    """Does somebody take part in a case as a customer?"""

    case: int
    channel: str
    address: str

    def answer(self, tx: Transaction) -> bool:
        who = person.find(tx, self.channel, self.address)
        return who is not None and participant.role(tx, self.case, who.id) in CUSTOMERS
