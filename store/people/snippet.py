"""Snippets: replies that specialists keep for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ForeignKey, String, Table, Text, bindparam, delete, select

from store.engine.columns import Moment, metadata
from store.engine.transaction import Transaction

snippet = Table(
    "snippet",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("text", Text, nullable=False),
    Column("saved_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Snippet:
    """A reply that somebody keeps for themselves."""

    name: str
    text: str


_OF = (
    select(snippet.c.name, snippet.c.text)
    .where(snippet.c.person_id == bindparam("person_id"))
    .order_by(snippet.c.name)
)


def of(tx: Transaction, person_id: int) -> list[Snippet]:
    """A person's own snippets, by name."""
    return [Snippet(*row) for row in tx.rows(_OF, {"person_id": person_id})]


def save(tx: Transaction, person_id: int, name: str, text: str, *, now: datetime) -> bool:
    """Keep a text by that name; was there another one by it?"""
    before = drop(tx, person_id, name)
    tx.add(snippet, person_id=person_id, name=name, text=text, saved_at=now)
    return before


_DROP = delete(snippet).where(
    snippet.c.person_id == bindparam("the_person"), snippet.c.name == bindparam("the_name")
)


def drop(tx: Transaction, person_id: int, name: str) -> bool:
    """Forget a snippet; False if there is none of that name."""
    return tx.run(_DROP, {"the_person": person_id, "the_name": name}) > 0
