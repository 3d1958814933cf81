"""The contacts of an import, each with all addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, bindparam, select, update

from store.directory.person_merge import merge
from store.engine.transaction import InQuery, Transaction
from store.people import account as accounts
from store.people import person as people
from store.people.account import account
from store.people.person import Person, identity, insert_person, learn, person

ContactChange = Literal["new", "changed", "same", "clash"]
_TOLD = ("name", "account_id", "language", "time_zone", "phone", "active", "known")


@dataclass(frozen=True, slots=True)
class Contact:
    """One person as a file names them; empty fields were not given, and stay as they are."""

    identities: tuple[tuple[str, str], ...]
    """(channel, address) pairs, the one that says who it is first; addresses in lower case."""
    name: str = ""
    account: str = ""
    language: str = ""
    phone: str = ""
    active: bool | None = None
    """False: somebody who is no contact any more."""
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """The changes that make the store agree with a contact."""

    kind: ContactChange
    values: Mapping[str, Any] = field(default_factory=dict)
    """Columns of the person that change; of a new one, all that are known."""
    person_id: int | None = None
    joined: tuple[int, ...] = ()
    """Other persons, met at one of the addresses, who turn out to be this one."""
    added: tuple[tuple[str, str], ...] = ()
    """Addresses that become theirs."""
    why: str = ""
    """Of a clash: what is in the way."""


def expect(tx: Transaction, contacts: Sequence[Contact]) -> None:
    """Look up all these contacts at once, before they are compared one by one."""
    every = [pair for contact in contacts for pair in contact.identities]
    for channel in dict.fromkeys(channel for channel, _ in every):
        people.find_all(tx, channel, [address for at, address in every if at == channel])
    met: dict[tuple[str, str], Any] = tx.once("people", dict)
    _learn(tx, {met[pair].id for pair in every if met.get(pair)})


_STORED = InQuery(select(person.c.id, *[person.c[name] for name in _TOLD]), person.c.id)
_OTHERS = InQuery(select(identity.c.person_id, identity.c.channel, identity.c.address), identity.c.person_id)


def _learn(tx: Transaction, ids: Iterable[int]) -> Mapping[int, Any]:
    stored: dict[int, Any] = tx.once("contacts", dict)
    if unknown := [contact_id for contact_id in ids if contact_id not in stored]:
        stored |= {row.id: row for row in _STORED.rows(tx, unknown)}
    return stored


def compare(tx: Transaction, contact: Contact) -> Difference:
    """The difference between a contact and the store; writes nothing."""
    met = [people.find(tx, channel, address) for channel, address in contact.identities]
    ids = list(dict.fromkeys(someone.id for someone in met if someone))
    if any(someone.role != "contact" for someone in met if someone):
        return Difference("clash", why="is on the team (see [[staff]] in the config)")
    first = met[0].id if met[0] else None
    if foreign := _foreign(tx, contact, [other for other in ids if other != first]):
        return Difference("clash", why=f"has an address of somebody else's, {foreign}")
    if apart := _apart(tx, ids):
        return Difference("clash", why=apart)
    added = tuple(pair for pair, someone in zip(contact.identities, met, strict=True) if someone is None)
    if not ids:
        return Difference("new", _wanted(tx, contact), added=added)
    before = _learn(tx, ids)[ids[0]]
    wanted = _wanted(tx, contact, of=before)
    values = {name: value for name, value in wanted.items() if getattr(before, name) != value}
    changed = values or added or ids[1:]
    return Difference("changed" if changed else "same", values, ids[0], tuple(ids[1:]), added)


def _foreign(tx: Transaction, contact: Contact, others: Sequence[int]) -> str:
    """An address of one of ``others`` that the contact lacks: then it is another person's."""
    rows = _OTHERS.rows(tx, others) if others else ()
    addresses = sorted(row.address for row in rows if (row.channel, row.address) not in contact.identities)
    return addresses[0] if addresses else ""


def _apart(tx: Transaction, ids: Sequence[int]) -> str:
    """Why several persons cannot be merged: their accounts differ; ``""`` if they can."""
    if len(ids) < 2:
        return ""
    stored = _learn(tx, ids)
    names = sorted({accounts.name_of(tx, stored[contact_id].account_id) for contact_id in ids} - {""})
    return (
        f"would make one person of several who belong to different accounts, {' and '.join(names)}: if they are "
        "one, give each of them the same account first"
        if len(names) > 1
        else ""
    )


def _wanted(tx: Transaction, contact: Contact, of: Any = None) -> dict[str, Any]:
    fields = {name: getattr(contact, name) for name in ("name", "language", "time_zone", "phone")}
    values: dict[str, Any] = {name: value for name, value in fields.items() if value}
    account_id = accounts.named(tx, contact.account) if contact.account else None
    by_domain = (accounts.of_address(tx, *pair) for pair in contact.identities)
    if account_id is None and (of is None or of.account_id is None):
        account_id = next(filter(None, by_domain), None)
    active = (of is None or of.active) if contact.active is None else contact.active
    if account_id is not None and active:
        values["account_id"] = account_id
    return {**values, "active": active, "known": active}


def write(tx: Transaction, contact: Contact, difference: Difference, *, now: datetime) -> None:
    """Write a difference; it was found in this very transaction, and is no clash."""
    person_id = difference.person_id
    if person_id is None:
        person_id = insert_person(tx, **{"name": "", **difference.values}, created_at=now)
    elif difference.values:
        tx.run(update(person).where(person.c.id == person_id).values(**difference.values))
    for other in difference.joined:
        tx.flush()
        merge(tx, other, person_id)
    for channel, address in difference.added:
        tx.add(identity, channel=channel, address=address, person_id=person_id)
    _remember(tx, contact, person_id, difference.values)


def _remember(tx: Transaction, contact: Contact, person_id: int, values: Mapping[str, Any]) -> None:
    """Replace what this transaction has read of the contact by what was written."""
    stored: dict[int, Any] = tx.once("contacts", dict)
    before = stored.pop(person_id, None)
    names = ("account_id", "active", "known")
    now = {name: values.get(name, getattr(before, name, None)) for name in names}
    now["time_zone"] = values.get("time_zone", getattr(before, "time_zone", ""))
    for channel, address in contact.identities:
        name = values.get("name", getattr(before, "name", ""))
        learn(tx, Person(person_id, name, "contact", address, channel, **now))


@dataclass(frozen=True, slots=True)
class ListedContact:
    """One contact as stored."""

    id: int
    name: str
    account: str
    identities: tuple[tuple[str, str], ...]
    language: str
    phone: str
    active: bool
    known: bool
    """False: only seen in a Cc, or in a mail that nothing proves."""
    time_zone: str = ""


def _listed() -> Select[Any]:
    columns = [person.c[name] for name in ("id", "name", "language", "time_zone", "phone", "active", "known")]
    return select(*columns, account.c.name.label("account")).join_from(
        person, account, person.c.account_id == account.c.id, isouter=True
    )


_PAGE = (
    _listed()
    .where(person.c.id > bindparam("after"), person.c.role == "contact")
    .order_by(person.c.id)
    .limit(bindparam("most"))
)
_PAGE_OF = _PAGE.where(person.c.account_id == bindparam("account_id"))


def listing(
    tx: Transaction, *, after: int = 0, most: int = 50, account_id: int | None = None
) -> list[ListedContact]:
    """Contacts in the order they were met, after the id ``after``; of one account, or of all."""
    which, values = (_PAGE, {}) if account_id is None else (_PAGE_OF, {"account_id": account_id})
    return _with_identities(tx, tx.rows(which, {"after": after, "most": most, **values}))


_MATCHING = (
    _listed()
    .where(
        person.c.account_id == bindparam("account_id"),
        person.c.role == "contact",
        person.c.active,
        person.c.known,
        person.c.name.ilike(bindparam("like"), escape="\\")
        | person.c.id.in_(
            select(identity.c.person_id).where(
                identity.c.channel == "email", identity.c.address.ilike(bindparam("like"), escape="\\")
            )
        ),
    )
    .order_by(person.c.name, person.c.id)
    .limit(bindparam("most"))
)


def matching(tx: Transaction, account_id: int, words: str, *, most: int) -> list[ListedContact]:
    """Known contacts of an account whose name or mail address contains these words, by name."""
    like = re.sub(r"([\\%_])", r"\\\1", " ".join(words.split())[:100])
    values = {"account_id": account_id, "like": f"%{like}%", "most": most}
    return _with_identities(tx, tx.rows(_MATCHING, values))


def _with_identities(tx: Transaction, rows: Sequence[Any]) -> list[ListedContact]:
    identities: dict[int, list[tuple[str, str]]] = {}
    for row in _OTHERS.rows(tx, [row.id for row in rows]) if rows else ():
        identities.setdefault(row.person_id, []).append((row.channel, row.address))
    return [
        ListedContact(
            row.id, row.name, row.account or "", tuple(sorted(set(identities.get(row.id, ())))), row.language,
            row.phone, row.active, row.known, row.time_zone,
        )
        for row in rows
    ]  # fmt: skip


_ONE = _listed().where(person.c.id == bindparam("id"))


def show(tx: Transaction, person_id: int) -> ListedContact:
    """A person by id; there must be one."""
    return _with_identities(tx, tx.rows(_ONE, {"id": person_id}))[0]


_PHONES = InQuery(select(person.c.id, person.c.phone), person.c.id)


def phones(tx: Transaction, ids: Sequence[int]) -> dict[int, str]:
    """Phone numbers of these persons, where known; for the desk, and each for the person themselves."""
    return {row.id: row.phone for row in _PHONES.rows(tx, list(ids)) if row.phone} if ids else {}
