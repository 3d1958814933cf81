"""The state of a channel between two starts: a little JSON under a name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, String, Table, Text, bindparam, select
from sqlalchemy.dialects import postgresql

from store.engine.columns import metadata
from store.engine.transaction import Transaction

door = Table(
    "door",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("state", Text, nullable=False),
)

Amend = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]
"""From what is written (nothing: ``{}``) to what replaces it; None: it stays."""
_READ = select(door.c.state).where(door.c.name == bindparam("of"))
_READ_TO_CHANGE = _READ.with_for_update()
_BEGIN = postgresql.insert(door).on_conflict_do_nothing()
_REPLACE = door.update().where(door.c.name == bindparam("of")).values(state=bindparam("new"))


def read(tx: Transaction, name: str, *, to_change: bool = False) -> dict[str, Any] | None:
    """The state written under the name; None if there is none, or an empty one.

    ``to_change``: other processes wait until this transaction ends, also where nothing was written yet.
    """
    row = tx.row(_READ_TO_CHANGE if to_change else _READ, {"of": name})
    if row is None and to_change and not tx.sole_writer:  # a row that is not there cannot be locked
        tx.run(_BEGIN, {"name": name, "state": "{}"})
        row = tx.row(_READ_TO_CHANGE, {"of": name})
    return dict(json.loads(row[0])) or None if row else None


def write(tx: Transaction, name: str, state: Mapping[str, Any]) -> None:
    """Write a channel's state."""
    if not replace(tx, name, state):
        tx.add(door, name=name, state=json.dumps(dict(state)))


def replace(tx: Transaction, name: str, state: Mapping[str, Any]) -> bool:
    """Write a channel's state where there is one already; returns whether there was."""
    return bool(tx.run(_REPLACE, {"of": name, "new": json.dumps(dict(state))}))


def amend_all(tx: Transaction, changes: Sequence[tuple[str, Amend]]) -> list[None]:
    """Write what each change makes of the state under its name, those of one name in order.

    By name: of two processes that write the same ones, one waits for the other, and neither is ended for it.
    """
    for name, change in sorted(changes, key=itemgetter(0)):
        state = change(read(tx, name, to_change=True) or {})
        if state is not None:
            write(tx, name, state)
    return [None] * len(changes)
