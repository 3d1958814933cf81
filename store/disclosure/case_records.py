"""A case as one of its customers is given it: what they said, what they may read, notes about them."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from store.cases import read_access
from store.cases.attachment import attachment
from store.cases.case import case, event
from store.cases.concern import concern
from store.cases.entry import OPEN_KINDS, entry
from store.cases.priority_request import priority_request
from store.cases.survey import survey
from store.engine.transaction import Transaction
from store.erasure.data_subject import DataSubject, SubjectCase
from store.erasure.event_details import FIGURES
from store.erasure.scrub import Scrubber
from store.people.person import person
from store.queues import dispatch

Record = dict[str, Any]


class DisclosedFile(NamedTuple):
    """A file of a case: where it goes in the archive, and its hash in the file store."""

    path: str
    sha256: str


class DisclosedCase(NamedTuple):
    """A case for the archive, its files, and how much of it was left out."""

    record: Record
    files: list[DisclosedFile]
    notes_left_out: int
    words_left_out: int


_FACTS = (
    "subject", "state", "priority", "type", "category", "feature", "mailbox", "held", "close_reason", "opened_at",
    "updated_at", "closed_at", "answered_at",
)  # fmt: skip


def of(
    tx: Transaction, who: DataSubject, on: SubjectCase, *, number: str, notes: bool, now: datetime
) -> DisclosedCase:
    """A case as it is given to a person. ``notes``: with what the desk noted among itself about them."""
    row = tx.row(select(case).where(case.c.id == on.number))
    rows = _entries(tx, on.number)
    chosen, notes_left_out, words_left_out = [], 0, 0
    readable = _Readable(tx, who, on, now=now)
    for line in rows:
        if line.visibility == "internal" and line.person_id != who.ids[0]:
            if notes and readable.note(line):
                chosen.append(line)
            else:
                notes_left_out += 1
        elif readable.words(line):
            chosen.append(line)
        else:
            words_left_out += 1
    files = _files(tx, on.number, {line.id for line in chosen}, number)
    own = on.sole or on.requester
    record = {
        "number": number,
        "your_role": on.part or ("requester" if on.requester else "named"),
        **{name: getattr(row, name) for name in _FACTS},
        "ids": row.ids.split("\n") if own and row.ids else [],
        "technical_contact": {"name": row.contact_name, "telephone": row.contact_phone} if own else {},
        "entries": [_entry(line, who, files) for line in chosen],
        "history": _history(tx, who, on.number),
        "surveys": _own(tx, survey, who, on, "invited_at", "rating", "comment", "answered_at"),
        "concerns": _own(tx, concern, who, on, "raised_at", "category", "phone", "taken_at"),
        "priority_requests": _own(tx, priority_request, who, on, "at", "wanted", "why", "decided_at"),
    }
    if not (own or readable.anything):
        record["subject"] = ""
    return DisclosedCase(
        record, [file for each in files.values() for file, _ in each], notes_left_out, words_left_out
    )


class _Readable:
    """What of a case a person may read."""

    def __init__(self, tx: Transaction, who: DataSubject, on: SubjectCase, *, now: datetime) -> None:
        self._who = who
        self._sole = on.sole
        self._since = read_access.since(tx, on.number, who.ids[0])
        self._pending = dispatch.pending(tx, on.number, now=now).entries
        self._scrubber = Scrubber(who)
        self.anything = on.number in self._since

    def words(self, line: Any) -> bool:
        """Their own words, and what a customer of the case reads."""
        if line.person_id == self._who.ids[0]:
            return True
        public = line.visibility == "public" and line.kind in OPEN_KINDS and line.id not in self._pending
        return public and read_access.reads(self._since, line.case_id, line.received_at)

    def note(self, line: Any) -> bool:
        """A note about them: on a case of theirs alone each is, elsewhere one that names them."""
        return self._sole or self._scrubber.text(line.text) != line.text


def _entries(tx: Transaction, number: int) -> list[Any]:
    columns = (*entry.c, person.c.name.label("author"), person.c.role.label("author_role"))
    joined = select(*columns).join_from(entry, person, entry.c.person_id == person.c.id)
    here = joined.where(entry.c.case_id == number)
    return list(tx.rows(here.order_by(entry.c.received_at, entry.c.id)))


def _entry(line: Any, who: DataSubject, files: dict[int, list[tuple[DisclosedFile, Record]]]) -> Record:
    yours = line.person_id == who.ids[0]
    return {
        "at": line.received_at,
        "by": "you" if yours else "another customer" if line.author_role == "contact" else "the desk",
        "author": line.author,
        "internal": line.visibility == "internal",
        "kind": line.kind,
        "channel": line.channel,
        "text": line.text,
        "other_parts": json.loads(line.rest or "[]") if yours else [],
        "files": [about for _, about in files.get(line.id, ())],
    }


def _files(
    tx: Transaction, number: int, entries: Collection[int], label: str
) -> dict[int, list[tuple[DisclosedFile, Record]]]:
    rows = tx.rows(select(attachment).where(attachment.c.case_id == number).order_by(attachment.c.id))
    files: dict[int, list[tuple[DisclosedFile, Record]]] = {}
    for position, row in enumerate((row for row in rows if row.entry_id in entries), 1):
        path = f"cases/{label}/files/{position:02}-{_plain(row.name)}"
        about = {"name": row.name, "type": row.type, "size": row.size, "sha256": row.sha256, "path": path}
        files.setdefault(row.entry_id, []).append((DisclosedFile(path, row.sha256), about))
    return files


def _plain(name: str) -> str:
    """A file's name without anything that another system could take for more than a name."""
    clean = "".join(c if c.isalnum() or c in " .-_()" else "_" for c in name).strip(" .")
    return clean[-100:] or "file"


def _history(tx: Transaction, who: DataSubject, number: int) -> list[Record]:
    """The steps of a case, with the details that name nobody else; of those about them, all."""
    rows = tx.rows(
        select(event.c.at, event.c.name, event.c.person_id, event.c.detail)
        .where(event.c.case_id == number)
        .order_by(event.c.at, event.c.id)
    )
    scrubber = Scrubber(who)
    steps = []
    for row in rows:
        details = json.loads(row.detail)
        yours = row.person_id == who.ids[0]
        about = scrubber.json(row.detail) != json.dumps(details, ensure_ascii=False)
        shown = (
            details if yours or about else {key: value for key, value in details.items() if key in FIGURES}
        )
        steps.append({"at": row.at, "step": row.name, "by_you": yours, "about_you": about, "details": shown})
    return steps


def _own(tx: Transaction, table: Any, who: DataSubject, on: SubjectCase, *names: str) -> list[Record]:
    here = (table.c.case_id == on.number, table.c.person_id == who.ids[0])
    rows = tx.rows(select(*[table.c[name] for name in names]).where(*here))
    return [dict(zip(names, row, strict=True)) for row in rows]
