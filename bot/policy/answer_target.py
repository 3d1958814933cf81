"""By when customers are told that they hear from the desk, where their service level says so."""

from __future__ import annotations

from datetime import datetime

from bot.config.load import Config
from bot.config.service_levels import STANDARD
from bot.model.working_time import Level
from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people import account


def level_of(tx: Transaction, config: Config, account_id: int | None) -> Level:
    """An account's service level; ``standard`` for others, and for one that the config lacks now."""
    levels = config.levels
    return levels.get(account.service_level(tx, account_id), levels[STANDARD])


def told(tx: Transaction, config: Config, case: Case, *, now: datetime) -> datetime | None:
    """When the first answer is due, as the case's customers may know it; None: they are told nothing.

    Nothing is told of a held case, once somebody has answered, while the customer is waited for, or when it is late.
    """
    waits = case.answered_at is None and not (case.held or case.over or case.state == "waiting")
    if not waits or case.first_due_at is None or case.first_due_at <= now:
        return None
    return case.first_due_at if level_of(tx, config, case.account_id).tell_targets else None
