"""The state of a channel between two starts: a little JSON under a name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, String, Table, Text, select

from store.engine.columns import metadata
from store.engine.transaction import Transaction

door = Table(
    "door",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("state", Text, nullable=False),
)


def read(tx: Transaction, name: str, *, to_change: bool = False) -> dict[str, Any] | None:
    """The state written under the name, or None.

    ``to_change``: other processes wait until this transaction ends.
    """
    statement = select(door.c.state).where(door.c.name == name)
    row = tx.row(statement.with_for_update() if to_change else statement)
    return dict(json.loads(row[0])) if row else None


def write(tx: Transaction, name: str, state: Mapping[str, Any]) -> None:
    """Write a channel's state."""
    text = json.dumps(dict(state))
    if not tx.run(door.update().where(door.c.name == name).values(state=text)):
        tx.add(door, name=name, state=text)
