"""Read-only answers as frozen views: what lists and pages are made of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.facts import CaseLine, EventLine
from bot.grammar import label
from store import case as cases
from store import conversation, inbox, outbox, participant
from store.transaction import Transaction


class Question(Protocol):
    """Something ``Desk.ask`` can answer."""

    def answer(self, tx: Transaction) -> Any: ...


@dataclass(frozen=True, slots=True)
class ListCases:
    """Cases, last changed first."""

    state: str = ""
    held: bool = False
    limit: int = 50

    def answer(self, tx: Transaction) -> tuple[CaseLine, ...]:
        rows = cases.listing(tx, state=self.state, held=self.held, limit=self.limit)
        return tuple(case_line(row) for row in rows)


@dataclass(frozen=True, slots=True)
class FileView:
    """An attachment; its bytes lie in the file store under ``sha256``."""

    name: str
    type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One thing said, with its files."""

    at: datetime
    author: str
    address: str
    role: str
    visibility: str
    kind: str
    channel: str
    text: str
    rest: tuple[tuple[str, str], ...]
    files: tuple[FileView, ...]


@dataclass(frozen=True, slots=True)
class PartView:
    """Somebody who takes part."""

    name: str
    address: str
    role: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """All of one case."""

    line: CaseLine
    type: str
    category: str
    ids: tuple[str, ...]
    mailbox: str
    opened_at: datetime
    close_reason: str
    linked: str
    participants: tuple[PartView, ...]
    entries: tuple[EntryView, ...]
    history: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True)
class ShowCase:
    """One case in full; None if there is none of that number."""

    number: int

    def answer(self, tx: Transaction) -> CaseView | None:
        rows = cases.listing(tx, numbers=[self.number])
        return _case_view(tx, rows[0]) if rows else None


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One message that came in."""

    id: int
    received_at: datetime
    source: str
    sender: str
    size: int
    outcome: str
    reason: str
    case: str
    attempts: int


@dataclass(frozen=True, slots=True)
class ListInbox:
    """Messages that came in, newest first; ``outcome``: waiting, done, aside, shunted or all."""

    outcome: str = ""
    limit: int = 50

    def answer(self, tx: Transaction) -> tuple[InboxLine, ...]:
        return tuple(_inbox_line(row) for row in inbox.listing(tx, outcome=self.outcome, limit=self.limit))


@dataclass(frozen=True, slots=True)
class InboxView:
    """One message that came in, with its bytes or the file that holds them."""

    line: InboxLine
    envelope: dict[str, Any]
    raw: bytes | None
    file: str | None


@dataclass(frozen=True, slots=True)
class ShowInbox:
    """One message that came in; None if there is none of that id."""

    id: int

    def answer(self, tx: Transaction) -> InboxView | None:
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
    """Deliveries, newest first; ``outcome``: waiting, gathering, sent, gathered, dead or all."""

    outcome: str = ""
    limit: int = 50

    def answer(self, tx: Transaction) -> tuple[OutboxLine, ...]:
        return tuple(_outbox_line(row) for row in outbox.listing(tx, outcome=self.outcome, limit=self.limit))


@dataclass(frozen=True, slots=True)
class HealthView:
    """How much waits, and since when (UTC)."""

    inbox_waiting: int
    inbox_oldest: datetime | None
    outbox_waiting: int
    outbox_oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Health:
    """Can the store be read, and what waits in it?"""

    def answer(self, tx: Transaction) -> HealthView:
        return HealthView(*inbox.waiting(tx), *outbox.waiting(tx))


def case_line(row: Any) -> CaseLine:
    """A row of ``store.case.listing`` as a line of a list."""
    return CaseLine(
        number=label(row.id),
        subject=row.subject,
        state=row.state,
        priority=row.priority,
        requester=row.requester or row.requester_address or "",
        owner=row.owner or "",
        updated_at=row.updated_at,
        held=row.held,
    )


def event_line(row: Any, *, detail: bool) -> EventLine:
    """A row of ``store.case.events`` in words."""
    told = json.loads(row.detail)
    words = "; ".join(f"{key}: {_words(value)}" for key, value in told.items() if value)
    return EventLine(row.at, row.name, row.person_name or "", words if detail else "")


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _case_view(tx: Transaction, row: Any) -> CaseView:
    parts = participant.everybody(tx, row.id)
    return CaseView(
        line=case_line(row),
        type=row.type,
        category=row.category,
        ids=tuple(row.ids.splitlines()),
        mailbox=row.mailbox,
        opened_at=row.opened_at,
        close_reason=row.close_reason,
        linked=label(row.linked_id) if row.linked_id else "",
        participants=tuple(PartView(part.person.name, part.person.address, part.role) for part in parts),
        entries=_entries(tx, row.id),
        history=tuple(event_line(event, detail=True) for event in cases.events(tx, row.id)),
    )


def _entries(tx: Transaction, number: int) -> tuple[EntryView, ...]:
    files: dict[int, list[FileView]] = {}
    for file in conversation.files(tx, number):
        view = FileView(file.name, file.type, file.size, file.sha256)
        files.setdefault(file.entry_id, []).append(view)
    return tuple(
        EntryView(
            at=row.received_at,
            author=row.person_name or row.address,
            address=row.address,
            role=row.person_role,
            visibility=row.visibility,
            kind=row.kind,
            channel=row.channel,
            text=row.text,
            rest=tuple((kind, text) for kind, text in json.loads(row.rest)),
            files=tuple(files.get(row.id, ())),
        )
        for row in conversation.entries(tx, number)
    )


def _inbox_line(row: Any) -> InboxLine:
    envelope = json.loads(row.envelope)
    return InboxLine(
        id=row.id,
        received_at=row.received_at,
        source=row.source,
        sender=str(envelope.get("mail_from") or ""),
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
        reason=row.reason,
        attempts=row.attempts,
        due_at=row.due_at,
        message_id=row.message_id,
    )
