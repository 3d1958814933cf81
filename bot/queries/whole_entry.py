"""One entry of a case in full, for the desk: all its words, its files, and where it came from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from bot.model.errors import NotAllowed, Refusal
from bot.model.facts import FileFacts
from bot.model.translatable import saying
from bot.syntax.case_numbers import entry_name, label
from store.cases import attachment as attachments
from store.cases import case as cases
from store.cases import entry as entries
from store.cases.attachment import AttachmentRow
from store.engine.transaction import Transaction
from store.people import person as people
from store.people.legible_name import legible


@dataclass(frozen=True, slots=True)
class WholeEntry:
    """An entry with everything that came with it."""

    case: str
    subject: str
    name: str
    author: str
    at: datetime
    text: str
    apart: tuple[tuple[str, str], ...]
    """The other parts of its mail: what kind (quoted, a signature), and the words."""
    files: tuple[FileFacts, ...]
    internal: bool
    channel: str
    """The one it came by."""
    inbox: int | None
    """The message in the inbox, if it came as one."""
    reader: int
    """The id of who reads it."""


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry by its name; ``""``: the first. Raises ``NotAllowed`` for whoever is not of the desk."""

    case: int
    entry: str
    channel: str
    address: str

    def answer(self, tx: Transaction) -> WholeEntry:
        reader = people.find(tx, self.channel, self.address)
        if reader is None or not reader.staff:
            raise NotAllowed(saying("Only the support team can do that."))
        case = cases.get(tx, self.case)
        rows = entries.entries(tx, self.case)
        row = next((row for row in rows if self.entry in ("", entry_name(row.id))), None)
        if case is None or row is None:
            raise Refusal(
                saying(
                    "{case} has no such entry any more; show lists all that it has.", case=label(self.case)
                )
            )
        return WholeEntry(
            case=label(case.id),
            subject=case.subject,
            name=entry_name(row.id),
            author=legible(row.person_name or "", row.address),
            at=row.received_at,
            text=row.text,
            apart=tuple((str(kind), str(text)) for kind, text in json.loads(row.rest)),
            files=tuple(
                _file(file) for file in attachments.of_case(tx, self.case) if file.entry_id == row.id
            ),
            internal=row.visibility == "internal",
            channel=row.channel,
            inbox=row.inbox_id,
            reader=reader.id,
        )


def _file(row: AttachmentRow) -> FileFacts:
    return FileFacts(row.name, row.size, row.id)
