"""Staff sync: staff and accounts of the config are written into the store at start."""

from __future__ import annotations

from datetime import datetime

from bot.config.load import Config
from bot.config.settings import StaffSection
from bot.model.mail_address import MAIL
from store.cases import case as cases
from store.directory import staff
from store.engine.transaction import Transaction
from store.people import account as places
from store.people import person


def sync(tx: Transaction, config: Config, *, now: datetime) -> None:
    """Write accounts and staff; staff no longer named are deactivated, their history stays.

    Of several processes that start at once each waits for the one before it.
    """
    staff.keep_others_out(tx)
    bound: dict[str, dict[str, int]] = {name: {} for name, of in config.profiles.items() if of.places}
    for account in config.accounts:
        account_id = person.set_account(
            tx,
            account.name,
            account.domains,
            service_level=account.service_level,
            local_team=account.local_team,
            time_zone=account.time_zone,
        )
        for channel, theirs in account.places.items():
            bound[channel] |= dict.fromkeys(theirs, account_id)
    for channel, of_accounts in bound.items():
        places.set_places(tx, channel, of_accounts)
    ids = {member.mail: _write(tx, member, now) for member in config.staff}
    for member in config.staff:
        staff.set_manager(tx, ids[member.mail], ids.get(member.manager))
    gone = staff.retire_staff(tx, ids.values())
    for number, owner in cases.unassign(tx, gone):
        cases.record(tx, number, "unassigned", by=owner, now=now, why="no longer on the team")


def _write(tx: Transaction, member: StaffSection, now: datetime) -> int:
    identities = [(MAIL, member.mail), *member.addresses.items()]
    about = {"name": member.name, "role": member.role, "time_zone": member.time_zone}
    return staff.set_staff(tx, identities, **about, now=now)
