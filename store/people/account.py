"""Accounts: customer organisations, the domains and the places by which their people are known."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Column, ForeignKey, String, Table, bindparam, select

from store.engine.columns import Id, metadata
from store.engine.transaction import Transaction
from store.people.freemail_domains import FREE_MAIL

account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("service_level", String(50), nullable=False, default=""),
    Column("local_team", String(320), nullable=False, default=""),
    Column("time_zone", String(64), nullable=False, default=""),  # "Europe/Paris"; empty: the desk's
)
account_domain = Table(
    "account_domain",
    metadata,
    Column("domain", String(255), primary_key=True),
    Column("account_id", ForeignKey("account.id"), nullable=False),
)
account_place = Table(
    "account_place",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("address", String(200), primary_key=True),  # a Slack channel: team/channel
    Column("account_id", ForeignKey("account.id"), nullable=False),
)

_ACCOUNT_NAME = select(account.c.name).where(account.c.id == bindparam("id"))


def name_of(tx: Transaction, account_id: int | None) -> str:
    """An account's name, or ``""``."""
    if account_id is None:
        return ""
    name: str | None = tx.value(_ACCOUNT_NAME, {"id": account_id})
    return name or ""


_LEVEL = select(account.c.service_level).where(account.c.id == bindparam("id"))


def service_level(tx: Transaction, account_id: int | None) -> str:
    """The name of an account's service level, or ``""``."""
    if account_id is None:
        return ""
    level: str | None = tx.once(f"level {account_id}", lambda: tx.value(_LEVEL, {"id": account_id}))
    return level or ""


_TEAM = select(account.c.local_team).where(account.c.id == bindparam("id"))


def local_team(tx: Transaction, account_id: int | None) -> str:
    """The address of an account's local service team, or ``""``."""
    if account_id is None:
        return ""
    team: str | None = tx.value(_TEAM, {"id": account_id})
    return team or ""


_ZONE = select(account.c.time_zone).where(account.c.id == bindparam("id"))


def time_zone(tx: Transaction, account_id: int | None) -> str:
    """The name of an account's time zone, or ``""``."""
    if account_id is None:
        return ""
    zone: str | None = tx.once(f"zone {account_id}", lambda: tx.value(_ZONE, {"id": account_id}))
    return zone or ""


_NAMED = select(account.c.id).where(account.c.name == bindparam("name"))


def named(tx: Transaction, name: str) -> int | None:
    """The account with this name, or None; looked up once a transaction."""
    account_id: int | None = tx.once(_named(name), lambda: tx.value(_NAMED, {"name": name}))
    return account_id


_ALL = select(account.c.id, account.c.name).order_by(account.c.name)


def matching(tx: Transaction, words: str) -> dict[int, str]:
    """Accounts by id whose name has these words in it; if one is called so, that one alone."""
    part, rows = words.casefold(), tx.rows(_ALL)  # compared here: SQLite lowers no letter beyond ASCII
    same = {row[0]: row[1] for row in rows if row[1].casefold() == part}
    return same or {row[0]: row[1] for row in rows if part in row[1].casefold()}


def containing(tx: Transaction, words: str) -> list[str]:
    """Names of the accounts that have these words in them, by the alphabet."""
    return [row[1] for row in tx.rows(_ALL) if words.casefold() in row[1].casefold()]


def learn(tx: Transaction, name: str, account_id: int) -> None:
    """Note that there is an account with this name now."""
    tx.learn(_named(name), account_id)


def _named(name: str) -> str:
    return f"account named {name}"


_PLACE = select(account_place.c.account_id).where(
    account_place.c.channel == bindparam("channel"), account_place.c.address == bindparam("address")
)


def of_place(tx: Transaction, channel: str, address: str) -> int | None:
    """The account a place (``T1/C1``; a thread in it: ``T1/C1/ts``) is bound to, or None."""
    place = "/".join(address.split("/")[:2])
    account_id: int | None = tx.value(_PLACE, {"channel": channel, "address": place})
    return account_id


def places(tx: Transaction, channel: str) -> list[str]:
    """All places of a channel that are bound to an account."""
    rows = tx.rows(select(account_place.c.address).where(account_place.c.channel == channel))
    return [row[0] for row in rows]


def set_places(tx: Transaction, channel: str, bound: Mapping[str, int]) -> None:
    """Bind places of a channel to accounts (address → account's id), and no others."""
    tx.run(account_place.delete().where(account_place.c.channel == channel))
    for address, account_id in bound.items():
        tx.add(account_place, channel=channel, address=address, account_id=account_id)


def move_place(tx: Transaction, channel: str, old: str, new: str) -> None:
    """Bind the account of a place to its new address."""
    account_id = of_place(tx, channel, old)
    if account_id is not None and of_place(tx, channel, new) is None:
        here = (account_place.c.channel == channel, account_place.c.address == old)
        tx.run(account_place.update().where(*here).values(address=new))


_ACCOUNT_OF = select(account_domain.c.account_id).where(account_domain.c.domain == bindparam("domain"))


def of_address(tx: Transaction, channel: str, address: str) -> int | None:
    """The account with exactly the domain of a mail address; none for a free-mail domain."""
    domain = address.rpartition("@")[2].lower()
    if channel != "email" or domain in FREE_MAIL:
        return None
    account_id: int | None = tx.value(_ACCOUNT_OF, {"domain": domain})
    return account_id
