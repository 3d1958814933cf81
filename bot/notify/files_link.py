"""Signed links for staff to files that are too large to be attached to a notice."""

from __future__ import annotations

from datetime import timedelta

from bot.model.pages import DeskFile, FilesPage, PageFrame
from bot.model.request import Request
from bot.notify.compose import MOST_ALONG, Composer
from bot.syntax.case_numbers import label
from store.cases import attachment as attachments
from store.cases import entry as entries
from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people import person as people
from store.people.person import Person

LIFE = timedelta(days=30)
"""How long a link leads to the files of its case."""


def url(composer: Composer, request: Request, case: Case | None, to: Person) -> str:
    """The link to a case's files if those of this request are too large for a mail; else ``""``.

    ``to``: whose link it is; of the id 0, of everybody who reads a place of the desk's.
    """
    large = sum(file.size for file in request.said.attachments) > MOST_ALONG
    return composer.page_url("files", case.id, to.id) if case and large else ""


def find(tx: Transaction, number: int, holder: int, *, front: PageFrame) -> FilesPage | None:
    """The page, if the link's holder is (still) on the staff."""
    person = people.by_id(tx, holder) if holder else None
    if holder and not (person and person.staff):
        return None
    entry_by_id = {row.id: row for row in entries.entries(tx, number)}
    files = [
        DeskFile(
            file.id,
            file.name,
            file.size,
            entry_by_id[file.entry_id].person_name or entry_by_id[file.entry_id].address,
            at,
        )
        for file in attachments.of_case(tx, number)
        if not file.inline and (at := entry_by_id[file.entry_id].received_at)
    ]
    return FilesPage(front, label(number), tuple(sorted(files, key=lambda file: file.at, reverse=True)))
