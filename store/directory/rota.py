"""The rota: whose turn it was last, for each of the config's rules."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, bindparam, update

from store.engine.columns import metadata
from store.engine.transaction import Transaction

rota = Table(
    "rota",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("person_id", ForeignKey("person.id")),  # who had the last turn
    Column("turns", Integer, nullable=False),
    info={"first stays": True},
)

_TAKE = (
    update(rota)
    .where(rota.c.name == bindparam("the_name"))
    .values(turns=rota.c.turns + 1)
    .returning(rota.c.person_id)
)


EVERY = ""
"""The row that is taken first, whatever the rule: two who open cases wait for each other in the same order."""


def last(tx: Transaction, name: str) -> int | None:
    """Who had the last turn of a rule; nobody else reads it until this transaction is over."""
    for row in (EVERY, name):
        tx.add(rota, name=row, person_id=None, turns=0)
    tx.value(_TAKE, {"the_name": EVERY})
    person_id: int | None = tx.value(_TAKE, {"the_name": name})
    return person_id


_GIVE = update(rota).where(rota.c.name == bindparam("the_name")).values(person_id=bindparam("the_person"))


def give(tx: Transaction, name: str, person_id: int) -> None:
    """Note whose turn it was."""
    tx.run(_GIVE, {"the_name": name, "the_person": person_id})
