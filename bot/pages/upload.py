"""The upload page of a case: files of any size."""

from __future__ import annotations

from datetime import datetime

from bot.config.settings import LimitsSection
from bot.model.facts import FileFacts
from bot.model.identity import Identity
from bot.model.pages import PageFrame, UploadPage
from bot.policy import quotas
from bot.syntax.case_numbers import label
from store.cases import entry
from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people.person import Person


def find(
    tx: Transaction, case: Case, person: Person, limits: LimitsSection, *, front: PageFrame, now: datetime
) -> UploadPage:
    """The page of one customer."""
    own_entries = {row.id for row in entry.entries(tx, case.id) if row.person_id == person.id}
    files = entry.files(tx, case.id)
    return UploadPage(
        front=front,
        numbers=(case.id, person.id),
        reader=Identity(person.channel, person.address, person.name),
        mailbox=case.mailbox,
        number=label(case.id),
        sent=tuple(
            FileFacts(file.name, file.size)
            for file in files
            if file.entry_id in own_entries and not file.inline
        ),
        left=quotas.room(tx, limits, person, now=now),
    )
