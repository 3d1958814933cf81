"""One case in full, as the desk sees it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.model.facts import CaseLine, EventLine
from bot.model.translatable import saying
from bot.queries import step_words
from bot.syntax.case_numbers import entry_name, label
from store.cases import attachment as attachments
from store.cases import case as cases
from store.cases import case_list, participant
from store.cases import entry as entries
from store.cases.case import EventRow
from store.cases.case_list import ListedCase
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


def case_line(listed: ListedCase) -> CaseLine:
    """A case as a line of a list."""
    case = listed.case
    return CaseLine(
        number=label(case.id),
        subject=case.subject,
        state=case.state,
        priority=case.priority,
        requester=legible(listed.requester or "", listed.requester_address or ""),
        owner=listed.owner or "",
        updated_at=case.updated_at,
        held=case.held,
        account=listed.account or "",
    )


def event_line(row: EventRow, *, detail: bool, names: Mapping[str, str] | None = None) -> EventLine:
    """A step of a case's history in words; ``names``: of chat ids."""
    facts = json.loads(row.detail) if detail else {}
    facts |= {key: names[who] for key in WHO if names and (who := str(facts.get(key))) in names}
    return EventLine(row.at, row.name, row.person_name or "", step_words.detail(row.name, facts))


WHO = ("who", "sender", "forwarded_by")
"""What of a step's detail is somebody's address."""


def _history(tx: Transaction, number: int) -> tuple[EventLine, ...]:
    rows = cases.events(tx, number)
    details = [json.loads(row.detail) for row in rows]
    names = naming.names(tx, (str(detail[key]) for detail in details for key in WHO if key in detail))
    return tuple(_step(row, number, names) for row in rows)


def _step(row: EventRow, number: int, names: Mapping[str, str]) -> EventLine:
    """An event with all details, and the part of the case that it happened to."""
    step = event_line(row, detail=True, names=names)
    if row.case_id == number:
        return step
    on = saying("on {case}", case=label(row.case_id))
    return replace(step, detail=saying("{first}; {rest}", first=on, rest=step.detail) if step.detail else on)


def _case_view(tx: Transaction, listed: ListedCase) -> CaseView:
    case = listed.case
    parts = participant.everybody(tx, case.id)
    phones = contact.phones(tx, [part.person.id for part in parts])
    return CaseView(
        line=case_line(listed),
        type=case.type,
        category=case.category,
        ids=tuple(case.ids.splitlines()),
        mailbox=case.mailbox,
        opened_at=case.opened_at,
        close_reason=case.close_reason,
        linked=label(case.linked_id) if case.linked_id else "",
        participants=tuple(
            PartView(part.person.name, part.person.address, part.role, phones.get(part.person.id, ""))
            for part in parts
        ),
        entries=_entries(tx, case.id),
        history=_history(tx, case.id),
        merged=label(case.merged_id) if case.merged_id else "",
        answer_due=case.first_due_at if case.answered_at is None else case.next_due_at,
        solution_due=None if case.state in ("resolved", "closed") else case.resolve_due_at,
        contact=", ".join(word for word in (case.contact_name, case.contact_phone) if word),
        feature=case.feature,
        snoozed_until=case.snoozed_until,
    )


def _entries(tx: Transaction, number: int) -> tuple[EntryView, ...]:
    files: dict[int, list[FileView]] = {}
    for file in attachments.of_case(tx, number):
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
