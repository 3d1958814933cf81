"""The local service team: who helps a customer where this desk cannot."""

from __future__ import annotations

from bot.config.load import Config
from bot.model.translatable import saying
from store.cases.case import Case
from store.engine.transaction import Transaction
from store.people import account

OUT_OF_SCOPE = "out_of_scope"
"""The reason for which a case is closed that is another team's."""


def of(tx: Transaction, config: Config, account_id: int | None) -> str:
    """The address of an account's team, else of the desk's; ``""`` if there is none."""
    return account.local_team(tx, account_id) or config.desk.local_team


def of_closed(tx: Transaction, config: Config, case: Case) -> str:
    """The team of a case that was closed as out of scope; ``""`` for any other."""
    return of(tx, config, case.account_id) if case.close_reason == OUT_OF_SCOPE else ""


def named(team: str) -> str:
    """A sentence that names the team after a refusal; ``""`` if there is none."""
    return saying("Your local service team can help, too: {team}.", team=team) if team else ""
