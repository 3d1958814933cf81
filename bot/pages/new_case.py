"""A new case: the form, for a known customer or for anybody."""

from __future__ import annotations

from datetime import timedelta

from bot.config.choices import ListsSection
from bot.model.identity import Identity
from bot.model.pages import NewPage, PageFrame
from store.people.person import Person

LIFE = timedelta(days=90)
"""How long a link by which somebody known opens cases lasts."""


def page(front: PageFrame, lists: ListsSection, person: Person | None, *, left: int | None = None) -> NewPage:
    """The page for a known person, or for anybody."""
    return NewPage(
        front=front,
        numbers=(person.id,) if person else (),
        reader=Identity(person.channel, person.address, person.name) if person else None,
        mailbox=front.desk.address,
        priorities=lists.priorities,
        priority=lists.default_priority,
        types=lists.types,
        features=lists.features,
        left=left,
    )
