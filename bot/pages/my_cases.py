"""A customer's own pages: the cases that they take part in, and the form of a new one."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.commands.missing_fields import guidance
from bot.config.choices import ListsSection
from bot.links.tokens import Links
from bot.model.identity import Identity
from bot.model.pages import MyCase, MyPage, NewPage, PageFrame
from bot.pages import case as casepage
from bot.syntax.case_numbers import label
from store.cases import participant
from store.cases.participant import OwnCase
from store.engine.transaction import Transaction
from store.people.person import Person
from store.queues import dispatch
from store.queues.dispatch import CustomerView

LIFE = timedelta(days=90)
"""How long a link to somebody's cases leads there; each mail and each case's page has a fresh one."""
PART = 25
"""Cases on a page."""


def find(
    tx: Transaction, person: Person, links: Links, *, front: PageFrame, part: int, now: datetime
) -> MyPage:
    """The page of this number, or the last one."""
    parts = max(1, -(-participant.count_of(tx, person.id) // PART))
    part = min(max(part, 1), parts)
    rows = participant.listed(tx, person.id, most=PART, after=(part - 1) * PART)
    views = dispatch.customer_views(tx, [row.id for row in rows], now=now)
    return MyPage(
        front=front,
        numbers=(person.id,),
        reader=Identity(person.channel, person.address, person.name),
        mailbox=rows[0].mailbox if rows else "",
        cases=tuple(_case(row, person, links, view=views.get(row.id), now=now) for row in rows),
        part=part,
        parts=parts,
    )


def _case(row: OwnCase, person: Person, links: Links, *, view: CustomerView | None, now: datetime) -> MyCase:
    """``view``: what its customers see of a case while a change of it may still be taken back."""
    ended = casepage.has_ended(row.closed_at, over=row.over, now=now)
    url = "" if ended else links.page_url("case", row.id, person.id)
    state, owner = view or (row.state, row.owner or "")
    return MyCase(label(row.id), row.subject, state, row.priority, owner, row.updated_at, url)


NEW_LIFE = timedelta(days=90)
"""How long a link by which somebody known opens cases lasts."""


def new_case(
    front: PageFrame, lists: ListsSection, person: Person | None, *, left: int | None = None
) -> NewPage:
    """The page for somebody, or for anybody."""
    return NewPage(
        front=front,
        numbers=(person.id,) if person else (),
        reader=Identity(person.channel, person.address, person.name) if person else None,
        mailbox=front.desk.address,
        priorities=lists.priorities,
        priority=lists.default_priority,
        types=lists.types,
        features=lists.features,
        blocker=lists.blocker,
        meanings=lists.meanings,
        examples={priority: lists.examples(priority) for priority in lists.priorities},
        subject_examples=lists.subject_examples,
        guidance=guidance(lists),
        id_label=lists.id_label,
        id_names=lists.id_names,
        left=left,
    )
