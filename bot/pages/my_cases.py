"""My cases: the page that lists everything one person takes part in, open cases first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.commands import Identity
from bot.links.tokens import Links
from bot.model.page_frame import Front
from bot.syntax.parser import label
from store.cases import participant
from store.engine.transaction import Transaction
from store.people.person import Person

LIFE = timedelta(days=90)
"""How long a link to somebody's cases leads there; each mail and each case's page has a fresh one."""
PART = 25
"""Cases on a page."""


@dataclass(frozen=True, slots=True)
class MyCase:
    """One case in the list."""

    number: str
    subject: str
    state: str
    priority: str
    owner: str
    updated_at: datetime
    url: str

    @property
    def over(self) -> bool:
        return self.state in ("resolved", "closed")


@dataclass(frozen=True, slots=True)
class MyPage:
    """A page of somebody's cases."""

    front: Front
    numbers: tuple[int, ...]
    """Person."""
    reader: Identity
    mailbox: str
    cases: tuple[MyCase, ...]
    """Those that are not over, then the others; each last changed first."""
    part: int
    """Which page of the list, from 1."""
    parts: int


def find(tx: Transaction, person: Person, links: Links, *, front: Front, part: int) -> MyPage:
    """The page; beyond the last one, the last one."""
    parts = max(1, -(-participant.count_of(tx, person.id) // PART))
    part = min(max(part, 1), parts)
    rows = participant.listed(tx, person.id, most=PART, after=(part - 1) * PART)
    return MyPage(
        front=front,
        numbers=(person.id,),
        reader=Identity(person.channel, person.address, person.name),
        mailbox=rows[0].mailbox if rows else "",
        cases=tuple(_case(row, person, links) for row in rows),
        part=part,
        parts=parts,
    )


def _case(row: Any, person: Person, links: Links) -> MyCase:
    url = links.page_url("case", row.id, person.id)
    return MyCase(label(row.id), row.subject, row.state, row.priority, row.owner or "", row.updated_at, url)
