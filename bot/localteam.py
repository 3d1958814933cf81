"""The local service team: who near a customer helps them where this desk cannot."""

from __future__ import annotations

from bot.config import Config
from store import account
from store.transaction import Transaction


def of(tx: Transaction, config: Config, account_id: int | None) -> str:
    """The address of an account's team, else of the desk's; ``""`` if there is none."""
    return account.local_team(tx, account_id) or config.desk.local_team


def named(team: str) -> str:
    """A sentence that follows a refusal, or ``""`` where there is no team."""
    return f" Your local service team can help, too: {team}." if team else ""
