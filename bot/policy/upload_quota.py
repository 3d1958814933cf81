"""Quotas: how many bytes of files one account may upload in a day."""

from __future__ import annotations

from datetime import datetime

from bot.config.settings import LimitsSection
from bot.policy.auto_mail_limits import DAY
from store.engine.transaction import Transaction
from store.people import rate_limit
from store.people.person import Person


def left(tx: Transaction, limits: LimitsSection, person: Person, *, now: datetime) -> int | None:
    """Bytes that this person's account (without one: this person) may still upload today; None: no limit."""
    if not limits.uploads_per_account:
        return None
    used = max(0, rate_limit.read(tx, [_key(person)])[0].day - _millis(now))
    return max(0, limits.uploads_per_account * (DAY - used) // DAY)


def draw(tx: Transaction, limits: LimitsSection, person: Person, size: int, *, now: datetime) -> None:
    """Count so many bytes. The bucket fills again evenly, over a day."""
    if limits.uploads_per_account:
        key = _key(person)
        (known,) = rate_limit.read(tx, [key])
        rate_limit.write(tx, key, known, now=_millis(now), day=-(-DAY * size // limits.uploads_per_account))


def _key(person: Person) -> int:
    whose = ("account", person.account_id) if person.account_id else ("person", person.id)
    return rate_limit.key("uploads", *whose)


def _millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)
