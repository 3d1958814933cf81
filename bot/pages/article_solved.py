"""The page behind "this solved it": one article, and the case that it may have solved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.commands import Identity
from bot.syntax.parser import label
from store.articles import article
from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people.person import Person

LIFE = timedelta(days=30)
"""How long a link leads to its page."""


@dataclass(frozen=True, slots=True)
class SolvedPage:
    """No more of the case than its number."""

    front: Any
    numbers: tuple[int, ...]
    """Case, person, article."""
    reader: Identity
    mailbox: str
    number: str
    title: str
    """The article's."""
    url: str
    """Where it is read."""
    over: bool
    """The case is closed."""


def find(
    tx: Transaction, case: Case, person: Person, *, front: Any, numbers: tuple[int, ...]
) -> SolvedPage | None:
    """The page for a case's own requester; None if the case is read in another, or the article is gone."""
    found = article.get(tx, numbers[2])
    if found is None or person.id != case.requester_id or case.merged_id is not None:
        return None
    reader = Identity(person.channel, person.address, person.name)
    over = case.state == "closed"
    return SolvedPage(front, numbers, reader, case.mailbox, label(case.id), found.title, found.url, over)
