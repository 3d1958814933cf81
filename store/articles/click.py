"""Clicks: how often an article was opened through a link of ours, by the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Date, Integer, Table, Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from store.articles import article
from store.engine.columns import Id, metadata
from store.engine.transaction import Transaction

article_click = Table(
    "article_click",
    metadata,
    Column("day", Date, primary_key=True),  # as the desk's calendar has it
    # No foreign key: what was clicked stays counted when the article is gone, and its id is never used again.
    Column("article_id", Id, primary_key=True, autoincrement=False),
    Column("title", Text, nullable=False),  # the article's, for when it is gone
    Column("clicks", Integer, nullable=False),
)
_TALLY = (
    select(article_click.c.title, func.sum(article_click.c.clicks))
    .where(article_click.c.day.between(bindparam("first"), bindparam("last")))
    .group_by(article_click.c.title)
)


def write(tx: Transaction, article_id: int, *, day: date) -> None:
    """Count one click, in the article's one row for that day; nothing if the article is gone."""
    if opened := article.place(tx, article_id):
        tx.add(article_click, day=day, article_id=article_id, title=opened.title, clicks=1)


def counts(tx: Transaction, *, first: date, last: date) -> Mapping[str, int]:
    """Title → clicks from ``first`` to ``last``, both included."""
    rows = tx.rows(_TALLY, {"first": first, "last": last})
    return {title: int(clicks) for title, clicks in rows}


def _merged(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per key with the sum, in a fixed order so that two processes never deadlock."""
    merged: dict[tuple[date, int], dict[str, Any]] = {}
    for row in rows:
        key = (row["day"], row["article_id"])
        before = merged[key]["clicks"] if key in merged else 0
        merged[key] = {**row, "clicks": before + row["clicks"]}
    return [merged[key] for key in sorted(merged)]


_INSERT = insert(article_click)
_SUM = {"clicks": article_click.c.clicks + _INSERT.excluded.clicks, "title": _INSERT.excluded.title}
article_click.info["insert"] = _INSERT.on_conflict_do_update(index_elements=["day", "article_id"], set_=_SUM)
"""Insert that adds to the stored count, to which other processes may have added, too."""
article_click.info["merged"] = _merged
