"""People: accounts, persons, and the addresses they are known by in each channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from zlib import crc32

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.dialects import postgresql

from store.engine.columns import Id, Moment, constants, metadata
from store.engine.transaction import InQuery, Transaction
from store.people import account as accounts
from store.people.account import account, account_domain
from store.people.legible_name import is_legible, legible

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(200), nullable=False, default=""),
    Column("role", String(20), nullable=False, default="contact"),  # contact, specialist, manager
    Column("account_id", ForeignKey("account.id"), index=True),
    Column("manager_id", ForeignKey("person.id")),
    Column("active", Boolean, nullable=False, default=True),
    Column("known", Boolean, nullable=False, default=True),  # False: seen in a Cc or unproven, no more
    Column("language", String(10), nullable=False, default=""),  # "de"; empty: not known
    Column("created_at", Moment, nullable=False),
    Column("phone", String(50), nullable=False, default=""),  # for the desk alone
    Column("time_zone", String(64), nullable=False, default=""),  # "Europe/Paris"; empty: their account's
    sqlite_autoincrement=True,
)
identity = Table(
    "identity",
    metadata,
    Column("channel", String(20), primary_key=True),
    Column("address", String(320), primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
)
Index(
    "ix_person_role",
    person.c.role,
    sqlite_where=person.c.role != "contact",
    postgresql_where=person.c.role != "contact",
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person, with the address they are met at here."""

    id: int
    name: str
    role: str
    address: str
    channel: str = "email"
    account_id: int | None = None
    manager_id: int | None = None
    active: bool = True
    known: bool = True
    language: str = ""
    """In which they are told things (``de``); empty: in their mailbox's."""
    time_zone: str = ""
    """In which they read times (``Europe/Paris``); empty: in their account's, else the desk's."""

    @property
    def staff(self) -> bool:
        return self.active and self.role in ("specialist", "manager", "operator")

    @property
    def left(self) -> bool:
        """Is it a contact who has left?"""
        return self.role == "contact" and not self.active

    @property
    def shown(self) -> str:
        """The name to show: theirs, or the address if it is legible."""
        return legible(self.name, self.address)

    @property
    def identified(self) -> str:
        """The person's distinguishing mark in words: the mail address; in a chat, the name."""
        return self.address if is_legible(self.address) else self.shown


_PERSON = (
    person.c.id,
    person.c.name,
    person.c.role,
    identity.c.address,
    identity.c.channel,
    person.c.account_id,
    person.c.manager_id,
    person.c.active,
    person.c.known,
    person.c.language,
    person.c.time_zone,
)
_BY_ADDRESS = InQuery(
    select(*_PERSON).join_from(identity, person).where(identity.c.channel == bindparam("channel")),
    identity.c.address,
)
_STAFF = (
    select(*_PERSON)
    .join_from(identity, person)
    .where(person.c.role != "contact", person.c.role.in_(constants("specialist", "manager")), person.c.active)
)
_BY_ID = (
    select(*_PERSON)
    .join_from(person, identity)
    .where(person.c.id == bindparam("id"))
    .order_by(identity.c.channel == "email", identity.c.address)
)


def find(tx: Transaction, channel: str, address: str) -> Person | None:
    """The person behind an address, or None."""
    return find_all(tx, channel, (address,))[0]


def find_all(tx: Transaction, channel: str, addresses: Sequence[str]) -> list[Person | None]:
    """The person behind each address; each is looked up once a transaction."""
    # No need to write gathered identities first: everybody who was added in this transaction is among the known.
    by_address: dict[tuple[str, str], Person | None] = tx.once("people", dict)
    keys = [(channel, address.lower()) for address in addresses]
    if unknown := [key[1] for key in keys if key not in by_address]:
        by_address |= dict.fromkeys((channel, address) for address in unknown)
        for row in _BY_ADDRESS.rows(tx, unknown, {"channel": channel}, of=()):
            someone = Person(*row)
            by_address[channel, someone.address] = someone
    return [by_address[key] for key in keys]


_NEWCOMERS = 4242003
"""The kind of PostgreSQL's advisory locks of whoever writes new people, a number for each address."""


def reserve(tx: Transaction, channel: str, addresses: Sequence[str]) -> bool:
    """Have nobody else write who is new behind these addresses; False if somebody does just now.

    Two processes that each write a few new people, the same ones in another order, would be in a deadlock.
    """
    people = zip(addresses, find_all(tx, channel, addresses), strict=True)
    newcomers = {f"{channel} {address.lower()}" for address, someone in people if someone is None}
    numbers = {crc32(newcomer.encode()) - (1 << 31) for newcomer in newcomers}
    return not numbers or tx.exclude_each(_NEWCOMERS, numbers)


def learn(tx: Transaction, someone: Person) -> Person:
    """Note who is behind an address, for the rest of the transaction."""
    by_address: dict[tuple[str, str], Person | None] = tx.once("people", dict)
    by_address[someone.channel, someone.address] = someone
    return someone


def by_id(tx: Transaction, person_id: int) -> Person | None:
    """A person by id, with their mail address if they have one."""
    rows = tx.rows(_BY_ID, {"id": person_id})
    return Person(*rows[-1]) if rows else None


def staff(tx: Transaction) -> list[Person]:
    """All active staff, with their mail address if they have one."""
    return tx.once("staff", lambda: _staff(tx))


def _staff(tx: Transaction) -> list[Person]:
    best: dict[int, Person] = {}
    for row in tx.rows(_STAFF):
        someone = Person(*row)
        if someone.id not in best or someone.channel == "email":
            best[someone.id] = someone
    return [best[key] for key in sorted(best)]


def meet(
    tx: Transaction,
    channel: str,
    address: str,
    *,
    name: str = "",
    known: bool = True,
    language: str = "",
    now: datetime,
) -> Person:
    """The person behind an address; a new one becomes a contact (of the domain's account if known).

    ``language``: what they wrote in, or empty. It is theirs from now on, unless they are known and this may
    be forged. A person who has ``left`` is not changed: only an import takes them back.
    """
    someone = find(tx, channel, address)
    if someone is None:
        someone = _add(tx, channel, address.lower(), name=name, known=known, language=language, now=now)
        if someone is not None:
            return someone
        return meet(tx, channel, address, name=name, known=known, language=language, now=now)
    if someone.left or (someone.known and not known):
        return someone
    if known and not someone.known:
        account_id = someone.account_id or accounts.of_address(tx, channel, address)
        someone = _amend(tx, someone, known=True, name=name[:200] or someone.name, account_id=account_id)
    elif name and not (someone.name or someone.staff):  # whom somebody else has named by their address alone
        someone = _amend(tx, someone, name=name[:200])
    return speaks(tx, someone, language)


def _amend(tx: Transaction, someone: Person, **values: Any) -> Person:
    tx.run(update(person).where(person.c.id == someone.id).values(values))
    return learn(tx, replace(someone, **values))


_UNLOCKED = (
    select(person.c.id)
    .where(person.c.id == bindparam("the_id"))
    .with_for_update(skip_locked=True, key_share=True)
    .scalar_subquery()
)
_SPEAKS = update(person).where(person.c.id.in_(_UNLOCKED)).values(language=bindparam("spoken"))
"""Not of somebody whom another process is changing: two that learn of the same people would wait for each other."""


def speaks(tx: Transaction, someone: Person, language: str) -> Person:
    """Set the language (``de``) in which a customer is told things; empty: unchanged.

    It holds for this transaction; where another one changes the same person just now, it is learned the next time.
    """
    if someone.staff or language in ("", someone.language):
        return someone
    tx.run(_SPEAKS, {"the_id": someone.id, "spoken": language})
    return learn(tx, replace(someone, language=language))


def set_time_zone(tx: Transaction, someone: Person, zone: str) -> None:
    """Set the zone in which a person reads times; empty: their account's, else the desk's."""
    tx.run(update(person).where(person.c.id == someone.id).values(time_zone=zone))
    learn(tx, replace(someone, time_zone=zone))


def _add(
    tx: Transaction, channel: str, address: str, *, name: str, known: bool, language: str, now: datetime
) -> Person | None:
    """Write a new person; None if another process was first, which ``find`` then knows."""
    account_id = accounts.of_address(tx, channel, address) if known else None
    mail = is_legible(
        address
    )  # an unproven sender must not choose how we greet somebody; in a chat nobody does
    name = name[:200] if known or not mail else ""
    row = {"name": name, "account_id": account_id, "known": known, "language": language}
    person_id = insert_person(tx, **row, created_at=now)
    if not add_address(tx, channel, address, person_id):
        tx.run(_UNDO, {"the_id": person_id})
        return None
    return learn(
        tx, Person(person_id, name, "contact", address, channel, account_id, known=known, language=language)
    )


_UNDO = delete(person).where(person.c.id == bindparam("the_id"))
_ADD_ADDRESS = postgresql.insert(identity).on_conflict_do_nothing().returning(identity.c.person_id)


def add_address(tx: Transaction, channel: str, address: str, person_id: int) -> bool:
    """Write whose a new address is (lower case); False if another process has written whose it is.

    Then ``find`` looks anew. Where others write at the same time this is done at once: their transaction is waited for.
    """
    row = {"channel": channel, "address": address, "person_id": person_id}
    if tx.sole_writer:
        tx.add(identity, **row)
        return True
    if tx.row(_ADD_ADDRESS, row) is not None:
        return True
    forget(tx, channel, address)
    return False


def forget(tx: Transaction, channel: str, address: str) -> None:
    """Have the next ``find`` look anew who is behind an address."""
    by_address: dict[tuple[str, str], Person | None] = tx.once("people", dict)
    by_address.pop((channel, address), None)


def insert_person(tx: Transaction, **values: object) -> int:
    """Write a person; returns the new id."""
    person_id = tx.next_number(person)
    usual = {"role": "contact", "account_id": None, "manager_id": None, "active": True, "known": True}
    usual |= {"language": "", "phone": "", "time_zone": ""}
    tx.add(person, **{**usual, **values, "id": person_id})
    return person_id


def welcome(tx: Transaction, someone: Person, place: str) -> Person:
    """Assign a person who speaks in a place to its account, unless they have one."""
    if someone.staff or someone.account_id is not None:
        return someone
    account_id = accounts.of_place(tx, someone.channel, place)
    if account_id is None:
        return someone
    set_account_of(tx, someone.id, account_id)
    return learn(tx, replace(someone, account_id=account_id))


def set_account_of(tx: Transaction, person_id: int, account_id: int) -> None:
    """Make a person one of this account's."""
    tx.run(update(person).where(person.c.id == person_id).values(account_id=account_id))


def set_account(
    tx: Transaction,
    name: str,
    domains: Iterable[str],
    *,
    service_level: str,
    local_team: str,
    time_zone: str = "",
) -> int:
    """Write an account and its domains as configured; returns its id."""
    values = {"name": name, "service_level": service_level, "local_team": local_team, "time_zone": time_zone}
    account_id = tx.value(select(account.c.id).where(account.c.name == name))
    if account_id is None:
        account_id = tx.value(account.insert().returning(account.c.id), values)
        accounts.learn(tx, name, account_id)
    else:
        tx.run(update(account).where(account.c.id == account_id).values(values))
    keep = [domain.lower() for domain in domains]
    own = account_domain.c.account_id == account_id
    tx.run(account_domain.delete().where(own, account_domain.c.domain.not_in(keep)))
    for domain in keep:
        _set_domain(tx, domain, account_id)
    return int(account_id)


def amend_account(
    tx: Transaction,
    name: str,
    domains: Iterable[str],
    *,
    service_level: str,
    local_team: str,
    time_zone: str = "",
) -> int:
    """As ``set_account``, but empty values change nothing, and no domain is removed."""
    fields = {"service_level": service_level, "local_team": local_team, "time_zone": time_zone}
    values = {key: value for key, value in fields.items() if value}
    account_id = accounts.named(tx, name)
    if account_id is None:
        return set_account(tx, name, domains, **fields)
    if values:
        tx.run(update(account).where(account.c.id == account_id).values(values))
    for domain in domains:
        _set_domain(tx, domain.lower(), account_id)
    return account_id


def _set_domain(tx: Transaction, domain: str, account_id: int) -> None:
    before = accounts.of_address(tx, "email", f"@{domain}")
    if before == account_id:
        return
    tx.run(account_domain.delete().where(account_domain.c.domain == domain))
    tx.add(account_domain, domain=domain, account_id=account_id)
    holders = select(identity.c.person_id).where(
        identity.c.channel == "email", identity.c.address.endswith(f"@{domain}", autoescape=True)
    )
    homeless = (person.c.account_id.is_(None), person.c.known, person.c.role == "contact")
    tx.run(update(person).where(*homeless, person.c.id.in_(holders)).values(account_id=account_id))


class MetAddress(NamedTuple):
    """An address, and whose it is."""

    channel: str
    address: str
    person_id: int


_MET_BEFORE = (
    select(identity.c.channel, identity.c.address, identity.c.person_id)
    .join_from(identity, person)
    .where(person.c.created_at <= bindparam("moment"))
)


def met_before(tx: Transaction, moment: datetime) -> list[MetAddress]:
    """The addresses of all who were met before that moment."""
    return [MetAddress(*row) for row in tx.rows(_MET_BEFORE, {"moment": moment})]
