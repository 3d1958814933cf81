"""Staff sync: staff and accounts of the config are written into the store at start."""

from __future__ import annotations

from datetime import datetime

from bot.config.load import Config
from bot.config.settings import StaffSection
from store.cases import case as cases
from store.directory import staff
from store.engine.transaction import Transaction
from store.people import account as places
from store.people import person


def sync(tx: Transaction, config: Config, *, now: datetime) -> None:
    """Write accounts and staff; staff no longer named are deactivated, their history stays."""
    bound: dict[str, int] = {}
    for account in config.accounts:
        account_id = person.set_account(
            tx,
            account.name,
            account.domains,
            service_level=account.service_level,
            local_team=account.local_team,
        )
        bound |= dict.fromkeys(account.slack_channels, account_id)
    places.set_places(tx, "slack", bound)
    ids = {member.mail: _write(tx, member, now) for member in config.staff}
    for member in config.staff:
        staff.set_manager(tx, ids[member.mail], ids.get(member.manager))
    gone = staff.retire_staff(tx, ids.values())
    for number, owner in cases.unassign(tx, gone):
        cases.record(tx, number, "unassigned", by=owner, now=now, why="no longer on the team")


def _write(tx: Transaction, member: StaffSection, now: datetime) -> int:
    identities = [("email", member.mail)]
    if member.slack_user:
        identities.append(("slack", f"{member.slack_team}/{member.slack_user}"))
    return staff.set_staff(tx, identities, name=member.name, role=member.role, now=now)
