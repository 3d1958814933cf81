"""Staff: who is on the team, as the config has it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update

from store.directory.person_merge import merge
from store.engine.transaction import Transaction
from store.people.person import (
    Person,
    add_address,
    by_id,
    find,
    forget,
    identity,
    insert_person,
    learn,
    person,
)

_WRITING = 4242002
"""PostgreSQL's advisory lock of whoever writes staff and accounts."""


def keep_others_out(tx: Transaction) -> None:
    """Let no other process write staff and accounts until this transaction ends: it would write the same."""
    tx.exclude(_WRITING)


def set_staff(
    tx: Transaction,
    identities: Sequence[tuple[str, str]],
    *,
    name: str,
    role: str,
    time_zone: str = "",
    now: datetime,
) -> int:
    """Write a staff member with their (channel, address) pairs as configured; returns their id.

    The first address identifies them. A customer who was met at another one is merged into them.
    """
    met = find(tx, *identities[0])
    if met is None:  # perhaps another process is writing them at this moment
        keep_others_out(tx)
        forget(tx, *identities[0])
        met = find(tx, *identities[0])
    person_id = met.id if met else insert_person(tx, name=name, role=role, created_at=now)
    tx.run(
        update(person)
        .where(person.c.id == person_id)
        .values(name=name, role=role, active=True, known=True, time_zone=time_zone)
    )
    for channel, address in identities:
        _give(tx, person_id, channel, address.lower())
        if someone := by_id(tx, person_id):
            learn(tx, replace(someone, channel=channel, address=address.lower()))
    return person_id


def _give(tx: Transaction, person_id: int, channel: str, address: str) -> None:
    before: Person | None = find(tx, channel, address)
    if before is None:
        if not add_address(tx, channel, address, person_id):
            _give(tx, person_id, channel, address)
    elif before.id != person_id and before.role == "contact":
        merge(tx, before.id, person_id)
    elif before.id != person_id:  # another member's until now
        here = (identity.c.channel == channel, identity.c.address == address)
        tx.run(update(identity).where(*here).values(person_id=person_id))


def set_manager(tx: Transaction, person_id: int, manager_id: int | None) -> None:
    """Set the manager a staff member reports to."""
    tx.run(update(person).where(person.c.id == person_id).values(manager_id=manager_id))


def retire_staff(tx: Transaction, still_here: Iterable[int]) -> list[int]:
    """Deactivate staff that the config no longer names; returns their ids."""
    rows = tx.rows(select(person.c.id).where(person.c.role.in_(("specialist", "manager")), person.c.active))
    gone = [row[0] for row in rows if row[0] not in set(still_here)]
    if gone:
        tx.run(update(person).where(person.c.id.in_(gone)).values(active=False))
    return gone
