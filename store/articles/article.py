"""Articles, with full-text search (FTS5 on SQLite, tsvector on PostgreSQL)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, String, Table, Text, bindparam, delete, func, or_, select, text, update

from store.engine.columns import Id, Moment, metadata, new_id
from store.engine.keyset import UnknownRow
from store.engine.transaction import Transaction

article = Table(
    "article",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=False),
    Column("origin", String(1000), nullable=False),  # the folder or sitemap that it was imported from
    Column("name", String(1000), nullable=False),  # its path there, or its URL
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),  # where people read it; "": nowhere
    Column("language", String(35), nullable=False),
    Column("keywords", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("imported_at", Moment, nullable=False),
)
Index("ix_article_origin_name", article.c.origin, article.c.name, unique=True)
# On SQLite this is a virtual table that FTS5 keeps; the migrations make it on either side. It holds stems, and on
# PostgreSQL a column that the database itself keeps, vector, of all three.
article_text = Table(
    "article_text",
    metadata,
    Column("rowid", Id, primary_key=True, autoincrement=False),  # the article's id
    Column("title", Text, nullable=False),
    Column("keywords", Text, nullable=False),
    Column("body", Text, nullable=False),
    info={"skip_autogenerate": True, "rank": 10_001},
)


@dataclass(frozen=True, slots=True)
class Article:
    """One article, as it was last imported."""

    id: int
    origin: str
    name: str
    title: str
    url: str
    language: str
    keywords: str
    text: str
    hash: str
    imported_at: datetime


@dataclass(frozen=True, slots=True)
class Stems:
    """The stems by which an article is found, separated by blanks."""

    title: str
    keywords: str
    body: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that holds some of the stems."""

    id: int
    title: str
    url: str
    stems: Stems


@dataclass(frozen=True, slots=True)
class ArticleLocation:
    """Where an article is, and what it is called."""

    id: int
    name: str
    url: str
    title: str


_COLUMNS = [article.c[name] for name in Article.__slots__]
_COUNT = select(func.count()).select_from(article)
_GET = select(*_COLUMNS).where(article.c.id == bindparam("id"))
_LISTING = select(*_COLUMNS).order_by(article.c.origin, article.c.name).limit(bindparam("most"))
_LISTING_AFTER = _LISTING.where(
    article.c.origin >= bindparam("origin"),
    or_(article.c.origin > bindparam("origin"), article.c.name > bindparam("name")),
)
_KNOWN = select(article.c.name, article.c.id, article.c.hash).where(article.c.origin == bindparam("origin"))
_PLACES = select(*(article.c[name] for name in ArticleLocation.__slots__))
_PLACE = _PLACES.where(article.c.id == bindparam("id"))
_CHANGED = ("title", "url", "language", "keywords", "text", "hash", "imported_at")
_UPDATE = (
    update(article)
    .where(article.c.id == bindparam("the_id"))
    .values({name: bindparam(name) for name in _CHANGED})
)
_DELETE = delete(article).where(article.c.id == bindparam("id"))
_UNINDEX = delete(article_text).where(article_text.c.rowid == bindparam("id"))
_SPREAD = {
    "sqlite": text(
        "SELECT value, (SELECT count(*) FROM (SELECT 1 FROM article_text "
        "WHERE article_text MATCH '\"' || value || '\"' LIMIT :most)) FROM json_each(:stems)"
    ),
    "postgresql": text(
        "SELECT stem, (SELECT count(*) FROM (SELECT 1 FROM article_text "
        "WHERE vector @@ to_tsquery('simple', stem) LIMIT :most) AS held) "
        "FROM json_array_elements_text(CAST(:stems AS json)) AS stem"
    ),
}
_HIT = "hit.rowid, article.title, article.url, hit.title, hit.keywords, hit.body"
_FIND = {
    "sqlite": text(
        f"SELECT {_HIT} FROM (SELECT rowid, title, keywords, body, rank FROM article_text "  # noqa: S608
        "WHERE article_text MATCH :stems ORDER BY rank LIMIT :most) AS hit "
        "JOIN article ON article.id = hit.rowid ORDER BY hit.rank"
    ),
    "postgresql": text(
        f"SELECT {_HIT} FROM (SELECT rowid, title, keywords, body, "  # noqa: S608
        "ts_rank('{0.1, 0.2, 0.6, 1}', vector, to_tsquery('simple', :stems), 1) AS rank "
        "FROM article_text WHERE vector @@ to_tsquery('simple', :stems) "
        "ORDER BY rank DESC, rowid LIMIT :most) AS hit "
        "JOIN article ON article.id = hit.rowid ORDER BY hit.rank DESC"
    ),
}


def count(tx: Transaction) -> int:
    """How many articles there are."""
    return int(tx.value(_COUNT))


def get(tx: Transaction, article_id: int) -> Article | None:
    """An article by its id, or None."""
    row = tx.row(_GET, {"id": article_id})
    return Article(*row) if row else None


def listing(tx: Transaction, *, most: int, after: int | None = None) -> list[Article]:
    """All articles, ordered by where they came from; those behind the one ``after``.

    Raises ``UnknownRow`` if there is no such one.
    """
    if after is None:
        return [Article(*row) for row in tx.rows(_LISTING, {"most": most})]
    last = get(tx, after)
    if last is None:
        raise UnknownRow(after)
    values = {"most": most, "origin": last.origin, "name": last.name}
    return [Article(*row) for row in tx.rows(_LISTING_AFTER, values)]


def places(tx: Transaction) -> list[ArticleLocation]:
    """The locations of all articles, without their text."""
    return [ArticleLocation(*row) for row in tx.rows(_PLACES)]


def place(tx: Transaction, article_id: int) -> ArticleLocation | None:
    """The location of an article by its id, without its text."""
    row = tx.row(_PLACE, {"id": article_id})
    return ArticleLocation(*row) if row else None


def known(tx: Transaction, origin: str) -> dict[str, tuple[int, str]]:
    """The articles imported from a folder or sitemap: name → (id, hash)."""
    return {row[0]: (row[1], row[2]) for row in tx.rows(_KNOWN, {"origin": origin})}


def add(tx: Transaction, stems: Stems, **values: Any) -> int:
    """Add an article, by the table's columns; returns its id."""
    fresh = new_id()
    tx.add(article, id=fresh, **values)
    _index(tx, fresh, stems)
    return fresh


def change(tx: Transaction, article_id: int, stems: Stems, **values: Any) -> None:
    """Replace an article by its new version; the id stays."""
    changed = {name: values[name] for name in _CHANGED}
    tx.run(_UPDATE, {"the_id": article_id, **changed})
    tx.run(_UNINDEX, {"id": article_id})
    _index(tx, article_id, stems)


def remove(tx: Transaction, article_id: int) -> None:
    """Delete an article; what it solved and how often it was opened stays counted."""
    tx.run(_UNINDEX, {"id": article_id})
    tx.run(_DELETE, {"id": article_id})


def spread(tx: Transaction, stems: Sequence[str], *, most: int) -> Mapping[str, int]:
    """For each stem, how many articles hold it; counted up to ``most``."""
    wanted = {"stems": json.dumps(list(stems)), "most": most}
    rows = tx.rows(_SPREAD[tx.connection.dialect.name], wanted, of=(article_text,))
    return {row[0]: row[1] for row in rows}


def find(tx: Transaction, stems: Sequence[str], *, most: int) -> list[Hit]:
    """Articles that hold at least one of the stems, ranked by the database, the best first.

    Title, keywords and body weigh differently.
    """
    if not stems:
        return []
    dialect = tx.connection.dialect.name
    wanted = " OR ".join(f'"{stem}"' for stem in stems) if dialect == "sqlite" else " | ".join(stems)
    rows = tx.rows(_FIND[dialect], {"stems": wanted, "most": most}, of=(article, article_text))
    return [Hit(row[0], row[1], row[2], Stems(*row[3:])) for row in rows]


def _index(tx: Transaction, article_id: int, stems: Stems) -> None:
    tx.add(article_text, rowid=article_id, title=stems.title, keywords=stems.keywords, body=stems.body)
