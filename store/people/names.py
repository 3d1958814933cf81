"""Names of those whom a chat knows by ids."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, select

from store.engine.transaction import InQuery, Transaction
from store.people.legible_name import SOMEBODY, is_legible
from store.people.person import identity, person

_NAMES = InQuery(select(identity.c.address, person.c.name).join_from(identity, person), identity.c.address)
_ENDING = select(identity.c.address).where(
    identity.c.channel == bindparam("channel"), identity.c.address.endswith(bindparam("ending"))
)


def names(tx: Transaction, addresses: Iterable[str]) -> dict[str, str]:
    """``{address: name}`` of the addresses that are not legible."""
    wanted = sorted({address for address in addresses if not is_legible(address)})
    by_address = {row.address: row.name for row in _NAMES.rows(tx, wanted)} if wanted else {}
    return {address: by_address.get(address) or SOMEBODY for address in wanted}


def addresses_ending(tx: Transaction, channel: str, ending: str) -> list[str]:
    """The addresses of a channel with this ending (no ``%`` or ``_`` in it)."""
    return [row[0] for row in tx.rows(_ENDING, {"channel": channel, "ending": ending})]


def first_address(of: ColumnElement[int]) -> ScalarSelect[str]:
    """A subselect: one address of the person whose id is in a column of the outer statement."""
    return (
        select(identity.c.address)
        .where(identity.c.person_id == of)
        .order_by(identity.c.channel)
        .limit(1)
        .scalar_subquery()
    )
