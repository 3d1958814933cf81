"""Signed links for staff to a message as it came."""

from __future__ import annotations

from datetime import timedelta

from bot.model.pages import RawMail
from bot.model.request import Request
from bot.notify.compose import Composer
from bot.syntax.case_numbers import label
from store.engine.transaction import Transaction
from store.people import person as people
from store.people.person import Person
from store.queues import inbox

LIFE = timedelta(days=30)
"""How long a link leads to its message."""


def url(composer: Composer, request: Request, to: Person) -> str:
    """The link to the mail that a notice is about; ``""`` if there is no mail, or no web door.

    ``to``: whose link it is; of the id 0, of everybody who reads a place of the desk's.
    """
    readable = request.said.inbox is not None and composer.boards.traits(request.source).originals
    return composer.page_url("mail", request.said.inbox or 0, to.id) if readable else ""


def find(tx: Transaction, number: int, holder: int) -> RawMail | None:
    """A message of the inbox, if the link's holder is (still) on the staff."""
    person = people.by_id(tx, holder) if holder else None
    row = inbox.get(tx, number)
    if row is None or row.dropped or (holder and not (person and person.staff)):
        return None
    return RawMail(f"{label(row.case_id) if row.case_id else 'message'}-{row.id}.eml", row.raw, row.file)
