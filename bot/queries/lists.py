"""Lists: cases, inbox, outbox, queue and health, as frozen views."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.model.facts import CaseLine, HealthView
from bot.model.identity import OPERATOR
from bot.model.translatable import restored
from bot.queries.case_detail import case_line
from bot.syntax.case_numbers import label
from store.cases import case_list, participant
from store.engine.transaction import Transaction
from store.people import person

if TYPE_CHECKING:
    from store.queues.inbox import ListedMessage


@dataclass(frozen=True, slots=True)
class IsKnown:
    """Was anybody with this address met, or named in the config?"""

    channel: str
    address: str

    def answer(self, tx: Transaction) -> bool:
        return person.find(tx, self.channel, self.address) is not None


@dataclass(frozen=True, slots=True)
class IsOfDesk:
    """Is somebody with this address one of the desk: of its staff, or the operator?"""

    channel: str
    address: str

    def answer(self, tx: Transaction) -> bool:
        if (self.channel, self.address) == (OPERATOR.channel, OPERATOR.address):
            return True
        who = person.find(tx, self.channel, self.address)
        return who is not None and who.staff and not who.left


@dataclass(frozen=True, slots=True)
class ListCases:
    """Cases, last changed first; those behind the case ``after``.

    Raises ``UnknownRow`` if there is no such one.
    """

    state: str = ""
    held: bool = False
    limit: int = 50
    after: int | None = None

    def answer(self, tx: Transaction) -> tuple[CaseLine, ...]:
        rows = case_list.cases(tx, state=self.state, held=self.held, limit=self.limit, after=self.after)
        return tuple(case_line(row) for row in rows)


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One incoming message."""

    id: int
    received_at: datetime
    source: str
    sender: str | None
    """Of the envelope; empty: the null sender (RFC 5321, section 4.5.5); None: the door could not know it."""
    size: int
    outcome: str
    reason: str
    case: str
    attempts: int


@dataclass(frozen=True, slots=True)
class ListInbox:
    """Incoming messages, newest first; ``outcome``: waiting, done, aside, shunted or all.

    Those behind the message ``after``; raises ``UnknownRow`` if there is no such one.
    """

    outcome: str = ""
    limit: int = 50
    after: int | None = None

    def answer(self, tx: Transaction) -> tuple[InboxLine, ...]:
        from store.queues import inbox  # here and below: a list of cases needs no queue

        rows = inbox.listing(tx, outcome=self.outcome, limit=self.limit, after=self.after)
        return tuple(_inbox_line(row) for row in rows)


@dataclass(frozen=True, slots=True)
class InboxView:
    """One incoming message, with its bytes or the file that holds them."""

    line: InboxLine
    envelope: dict[str, Any]
    raw: bytes | None
    file: str | None


@dataclass(frozen=True, slots=True)
class ShowInbox:
    """One incoming message; None if there is none of that id."""

    id: int

    def answer(self, tx: Transaction) -> InboxView | None:
        from store.queues import inbox

        row = inbox.get(tx, self.id)
        if row is None:
            return None
        return InboxView(_inbox_line(row), json.loads(row.envelope), row.raw, row.file)


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One delivery."""

    id: int
    created_at: datetime
    notice: str
    recipient: str
    case: str
    outcome: str
    reason: str
    attempts: int
    due_at: datetime | None
    message_id: str


@dataclass(frozen=True, slots=True)
class ListOutbox:
    """Deliveries, newest first; ``outcome``: waiting, gathering, sent, gathered, dead or all.

    Those behind the delivery ``after``; raises ``UnknownRow`` if there is no such one.
    """

    outcome: str = ""
    limit: int = 50
    after: int | None = None

    def answer(self, tx: Transaction) -> tuple[OutboxLine, ...]:
        from store.queues import outbox

        rows = outbox.listing(tx, outcome=self.outcome, limit=self.limit, after=self.after)
        return tuple(_outbox_line(row) for row in rows)


@dataclass(frozen=True, slots=True)
class HealthNow:
    """The sizes of the queues; fails if the store cannot be read."""

    now: datetime

    def answer(self, tx: Transaction) -> HealthView:
        from store.queues import inbox, outbox, overdue

        sleeping = overdue.count(tx, now=self.now)
        return HealthView(*inbox.waiting(tx), *outbox.waiting(tx), sleeping)


def _inbox_line(row: ListedMessage) -> InboxLine:
    envelope = json.loads(row.envelope)
    return InboxLine(
        id=row.id,
        received_at=row.received_at,
        source=row.source,
        sender=envelope.get("mail_from"),
        size=row.size,
        outcome=row.outcome,
        reason=row.reason,
        case=label(row.case_id) if row.case_id else "",
        attempts=row.attempts,
    )


def _outbox_line(row: Any) -> OutboxLine:
    return OutboxLine(
        id=row.id,
        created_at=row.created_at,
        notice=row.notice,
        recipient=row.recipient,
        case=label(row.case_id) if row.case_id else "",
        outcome=row.outcome,
        reason=restored(row.reason),
        attempts=row.attempts,
        due_at=row.due_at,
        message_id=row.message_id,
    )


@dataclass(frozen=True, slots=True)
class CasesToChoose:
    """Cases that somebody may mean, last changed first: their own, or for the desk all in hand.

    ``words``: what they typed of a number, a subject or a requester.
    """

    channel: str
    address: str
    words: str = ""
    most: int = 50

    def answer(self, tx: Transaction) -> tuple[CaseLine, ...]:
        who = person.find(tx, self.channel, self.address)
        if who is None:
            return ()
        if who.staff:
            rows = case_list.cases(tx, states=ACTIVE_STATES, limit=SEARCHED)
        else:
            numbers = participant.own(tx, who.id, states=ACTIVE_STATES, most=SEARCHED)[0]
            rows = case_list.cases(tx, numbers=numbers, limit=SEARCHED) if numbers else []
        typed = self.words.casefold().split()
        lines = (case_line(row) for row in rows)
        return tuple(line for line in lines if _meant(line, typed))[: self.most]


ACTIVE_STATES = ("new", "open", "waiting", "resolved")
SEARCHED = 500
"""Cases among which typed words are looked for."""


def _meant(line: CaseLine, typed: Sequence[str]) -> bool:
    text = f"{line.number} {line.subject} {line.requester}".casefold()
    return all(word in text for word in typed)
