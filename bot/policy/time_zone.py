"""Whose time zone a person reads times in: their own, else their account's, else the desk's."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.config.load import Config
from store.engine.transaction import Transaction
from store.people import account
from store.people.person import Person


def of(tx: Transaction, config: Config, person: Person) -> ZoneInfo:
    """The zone that a person reads times in."""
    name = person.time_zone or account.time_zone(tx, person.account_id)
    return named(name) or config.zone


def named(name: str) -> ZoneInfo | None:
    """A zone of the store; None if there is none, or if this machine does not know it any more."""
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
