"""A new case: the page on which somebody opens one, known by a signed link or not known at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.commands import Identity
from bot.config.addresses import own_address
from bot.config.choices import Lists
from bot.config.load import Config
from bot.model.page_frame import Front
from store.engine.transaction import Transaction
from store.people import person as people
from store.people.person import Person

LIFE = timedelta(days=90)
"""How long a link by which somebody known opens cases lasts."""


@dataclass(frozen=True, slots=True)
class NewPage:
    """The form, and what can be chosen on it."""

    front: Front
    numbers: tuple[int, ...]
    """Person, or nobody."""
    reader: Identity | None
    """None: whoever it is types an address."""
    mailbox: str
    priorities: Sequence[str]
    priority: str
    """The usual one."""
    types: Mapping[str, Sequence[str]]
    """Type → its categories."""
    features: Sequence[str]
    """What of the product may be impacted."""
    left: int | None
    """Bytes of files that this person may still upload today; None: no limit of theirs."""


@dataclass(frozen=True, slots=True)
class Barred:
    """Which of these mail addresses can neither ask for a case nor be told of one: the desk's own, and its staff's."""

    config: Config
    addresses: tuple[str, ...]

    def answer(self, tx: Transaction) -> frozenset[str]:
        known = people.find_all(tx, "email", self.addresses)
        staff = {one for one, who in zip(self.addresses, known, strict=True) if who and who.staff}
        return frozenset(staff | {one for one in self.addresses if own_address(one, self.config)})


def page(front: Front, lists: Lists, person: Person | None, *, left: int | None = None) -> NewPage:
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
        left=left,
    )
