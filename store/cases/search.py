"""Full text over what was said: FTS5 on SQLite, tsvector on PostgreSQL."""

from __future__ import annotations

import re

from sqlalchemy import Column, Table, Text, text

from store.engine.columns import Id, metadata
from store.engine.transaction import Transaction

# On SQLite this is a virtual table that FTS5 keeps; on PostgreSQL the column ``vector``, which the database fills by
# itself, is what is searched: parsing the words of two thousand messages again took a fifth of a second. The
# migrations make both.
entry_text = Table(
    "entry_text",
    metadata,
    Column("rowid", Id, primary_key=True, autoincrement=False),  # the entry's id
    Column("words", Text, nullable=False),
    info={"skip_autogenerate": True, "rank": 10_000},
)
_LONGEST = 100_000  # characters of one entry that are searched

_FIND = {
    "sqlite": text(
        "SELECT entry.case_id FROM (SELECT rowid FROM entry_text WHERE words MATCH :words "
        "ORDER BY rowid DESC LIMIT :most) AS hit JOIN entry ON entry.id = hit.rowid"
    ),
    "postgresql": text(
        "SELECT entry.case_id FROM (SELECT rowid FROM entry_text "
        "WHERE vector @@ plainto_tsquery('simple', :words) "
        "ORDER BY rowid DESC LIMIT :most) AS hit JOIN entry ON entry.id = hit.rowid"
    ),
}


def index(tx: Transaction, entry_id: int, words: str) -> None:
    """Add an entry's words to the full-text index."""
    tx.add(entry_text, rowid=entry_id, words=words[:_LONGEST])


def find(tx: Transaction, words: str, *, most: int) -> tuple[list[int], bool]:
    """Numbers of cases with all the words in one of the last ``most`` matching entries, newest first.

    And whether there were no more entries than that.
    """
    dialect = tx.connection.dialect.name
    wanted = _quoted(words) if dialect == "sqlite" else words
    if not wanted.strip():
        return [], True
    rows = tx.rows(_FIND[dialect], {"words": wanted, "most": most}, of=(entry_text,))
    return sorted({row[0] for row in rows}, reverse=True), len(rows) < most


def _quoted(words: str) -> str:
    """A query that cannot break FTS5's grammar: every word is a quoted string."""
    return " ".join(f'"{word}"' for word in re.findall(r"\w+", words)[:20])
