"""Quotas: how many bytes of files one account may upload in a day."""

from __future__ import annotations

from datetime import datetime

from bot.brakes import DAY
from bot.settings import Limits
from store import budget
from store.people import Person
from store.transaction import Transaction


def left(tx: Transaction, limits: Limits, person: Person, *, now: datetime) -> int | None:
    """Bytes that this person's account (without one: this person) may still upload today; None: no limit."""
    if not limits.uploads_per_account:
        return None
    used = max(0, budget.read(tx, [_key(person)])[0].day - _millis(now))
    return max(0, limits.uploads_per_account * (DAY - used) // DAY)


def draw(tx: Transaction, limits: Limits, person: Person, size: int, *, now: datetime) -> None:
    """Count so many bytes. The bucket fills again evenly, over a day."""
    if limits.uploads_per_account:
        key = _key(person)
        (known,) = budget.read(tx, [key])
        budget.write(tx, key, known, now=_millis(now), day=-(-DAY * size // limits.uploads_per_account))


def _key(person: Person) -> int:
    whose = ("account", person.account_id) if person.account_id else ("person", person.id)
    return budget.key("uploads", *whose)


def _millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)
