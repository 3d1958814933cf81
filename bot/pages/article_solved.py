"""The page behind "this solved it": one article, and the case that it may have solved."""

from __future__ import annotations

from datetime import timedelta

from bot.model.identity import Identity
from bot.model.pages import PageFrame, SolvedPage
from bot.syntax.case_numbers import label
from store.articles import article
from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people.person import Person

LIFE = timedelta(days=30)
"""How long a link leads to its page."""


def find(
    tx: Transaction, case: Case, person: Person, *, front: PageFrame, numbers: tuple[int, ...]
) -> SolvedPage | None:
    """The page for a case's requester; None if the case was merged, or the article is gone."""
    solution = article.get(tx, numbers[2])
    if solution is None or person.id != case.requester_id or case.merged_id is not None:
        return None
    reader = Identity(person.channel, person.address, person.name)
    over = case.state == "closed"
    return SolvedPage(
        front, numbers, reader, case.mailbox, label(case.id), solution.title, solution.url, over
    )
