"""One case in full, as the desk sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.model.facts import CaseLine, EventLine
from bot.syntax.case_numbers import entry_name, label
from store.cases import case as cases
from store.cases import case_list, participant
from store.cases import entry as entries
from store.directory import contact_import as contact
from store.engine.transaction import Transaction
from store.people import names as naming
from store.people.legible_name import legible


@dataclass(frozen=True, slots=True)
class FileView:
    """An attachment; the file store has its bytes under ``sha256``."""

    name: str
    type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry with its files."""

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
    name: str = ""
    """What commands call it: ``e-k4q7x2``."""
    part: str = ""
    """The case it was said on, if that was merged into this one."""


@dataclass(frozen=True, slots=True)
class PartView:
    """One participant."""

    name: str
    address: str
    role: str
    phone: str = ""
    """As the import has it."""


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
    merged: str = ""
    """The case it is a part of, or empty."""
    answer_due: datetime | None = None
    solution_due: datetime | None = None
    """While these clocks run."""
    contact: str = ""
    """Who can always be called, as ``name, number``."""
    feature: str = ""
    snoozed_until: datetime | None = None
    """Until when it is out of the queue."""


@dataclass(frozen=True, slots=True)
class ShowCase:
    """A case in full; None if there is none of that number."""

    number: int

    def answer(self, tx: Transaction) -> CaseView | None:
        rows = case_list.cases(tx, numbers=[self.number])
        return _case_view(tx, rows[0]) if rows else None


def case_line(row: Any) -> CaseLine:
    """A line of a list from a row of ``store.cases.case_list.cases``."""
    return CaseLine(
        number=label(row.id),
        subject=row.subject,
        state=row.state,
        priority=row.priority,
        requester=legible(row.requester or "", row.requester_address or ""),
        owner=row.owner or "",
        updated_at=row.updated_at,
        held=row.held,
        account=row.account or "",
    )


def event_line(row: Any, *, detail: bool, names: Mapping[str, str] | None = None) -> EventLine:
    """An event in words, from a row of ``store.cases.case.events``; ``names``: of chat ids."""
    facts = json.loads(row.detail) if detail else {}
    facts |= {key: names[value] for key, value in facts.items() if key in WHO and names and value in names}
    words = "; ".join(f"{key}: {_words(value)}" for key, value in facts.items() if value)
    return EventLine(row.at, row.name, row.person_name or "", words)


WHO = ("who", "sender", "forwarded_by")
"""What of a step's detail is somebody's address."""


def _history(tx: Transaction, number: int) -> tuple[EventLine, ...]:
    rows = cases.events(tx, number)
    details = [json.loads(row.detail) for row in rows]
    names = naming.names(tx, (str(detail[key]) for detail in details for key in WHO if key in detail))
    return tuple(_step(row, number, names) for row in rows)


def _step(row: Any, number: int, names: Mapping[str, str]) -> EventLine:
    """An event with all details, and the part of the case that it happened to."""
    step = event_line(row, detail=True, names=names)
    if row.case_id == number:
        return step
    return replace(step, detail=f"on {label(row.case_id)}{'; ' if step.detail else ''}{step.detail}")


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _case_view(tx: Transaction, row: Any) -> CaseView:
    parts = participant.everybody(tx, row.id)
    phones = contact.phones(tx, [part.person.id for part in parts])
    return CaseView(
        line=case_line(row),
        type=row.type,
        category=row.category,
        ids=tuple(row.ids.splitlines()),
        mailbox=row.mailbox,
        opened_at=row.opened_at,
        close_reason=row.close_reason,
        linked=label(row.linked_id) if row.linked_id else "",
        participants=tuple(
            PartView(part.person.name, part.person.address, part.role, phones.get(part.person.id, ""))
            for part in parts
        ),
        entries=_entries(tx, row.id),
        history=_history(tx, row.id),
        merged=label(row.merged_id) if row.merged_id else "",
        answer_due=row.first_due_at if row.answered_at is None else row.next_due_at,
        solution_due=None if row.state in ("resolved", "closed") else row.resolve_due_at,
        contact=", ".join(word for word in (row.contact_name, row.contact_phone) if word),
        feature=row.feature,
        snoozed_until=row.snoozed_until,
    )


def _entries(tx: Transaction, number: int) -> tuple[EntryView, ...]:
    files: dict[int, list[FileView]] = {}
    for file in entries.files(tx, number):
        view = FileView(file.name, file.type, file.size, file.sha256)
        files.setdefault(file.entry_id, []).append(view)
    return tuple(
        EntryView(
            at=row.received_at,
            author=legible(row.person_name or "", row.address),
            address=row.address,
            role=row.person_role,
            visibility=row.visibility,
            kind=row.kind,
            channel=row.channel,
            text=row.text,
            rest=tuple((kind, text) for kind, text in json.loads(row.rest)),
            files=tuple(files.get(row.id, ())),
            name=entry_name(row.id),
            part=label(row.case_id) if row.case_id != number else "",
        )
        for row in entries.entries(tx, number)
    )
