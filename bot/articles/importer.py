"""The import of articles: what has changed replaces what there was, and what is gone is removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.articles.article import ParsedArticle, UnfitArticle
from bot.articles.source import ArticleSource, NoSource
from bot.runtime.group_commit import Writer
from store.articles import article
from store.articles.article import Stems
from store.engine.transaction import Transaction

BATCH = 20
"""Articles that are written in one transaction, at most."""
LETTERS = 12_000
"""Letters of stems that are enough for one: other writers wait no longer than for a mail."""
LONGEST_NAME = 1000
"""Characters of a path or URL."""
KnownArticles = dict[str, tuple[int, str]]
"""name → (id, hash)"""


@dataclass(slots=True)
class ArticleImportCounts:
    """The results of an import, counted."""

    counts: Counter[str] = field(default_factory=Counter)
    """``new``, ``changed``, ``same``, ``removed``; ``nowhere``: without an address, so that nobody can be led there."""
    unfit: list[tuple[str, str]] = field(default_factory=list)
    """(name, why) of each that could not be read; what was known of it stays."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The articles imported from an origin before."""

    origin: str

    def answer(self, tx: Transaction) -> KnownArticles:
        return article.known(tx, self.origin)


@dataclass(frozen=True, slots=True)
class _Write:
    """A row to be written, with its stems; ``id`` None: a new one."""

    id: int | None
    values: dict[str, Any]
    stems: Stems


class ArticleImport:
    """One import. Repeating it changes nothing; an interrupted one is simply started again."""

    def __init__(
        self, source: ArticleSource, writer: Writer, *, ask: Callable[[Any], Any], now: datetime
    ) -> None:
        self._source = source
        self._writer = writer
        self._now = now
        self._known: KnownArticles = ask(_Known(source.origin))
        self._tally = ArticleImportCounts()
        self._waiting: list[_Write] = []

    def run(self, progress: Callable[[str], None]) -> ArticleImportCounts:
        """Import everything; ``progress`` is called with each name.

        Raises ``NoSource`` if nothing of it can be read: nothing is removed then.
        """
        gone = dict(self._known)
        for name in self._source.names:
            if self._import_page(name):
                gone.pop(name, None)
            progress(name)
        self._write()
        seen = self._tally.counts.total()
        if not seen:
            raise NoSource(f"nothing in {self._source.origin} could be read as an article")
        self._tally.counts["removed"] = _remove([number for number, _ in gone.values()], self._writer)
        return self._tally

    def _import_page(self, name: str) -> bool:
        """Import one article; is it (still) one, as far as can be told?"""
        try:
            draft = self._source.read(_fitting(name))
        except UnfitArticle as error:
            self._tally.unfit.append((name, str(error)))
            return True
        if draft is None:
            return False
        self._tally.counts["nowhere"] += not draft.url
        article_id, before = self._known.get(name, (None, ""))
        kind = "new" if article_id is None else "same" if before == draft.hash else "changed"
        self._tally.counts[kind] += 1
        if kind != "same":
            self._waiting.append(_Write(article_id, self._values(name, draft), draft.stems))
        if len(self._waiting) == BATCH or sum(len(write.stems.body) for write in self._waiting) > LETTERS:
            self._write()
        return True

    def _values(self, name: str, draft: ParsedArticle) -> dict[str, Any]:
        return {
            "origin": self._source.origin,
            "name": name,
            "title": draft.title,
            "url": draft.url,
            "language": draft.language,
            "keywords": draft.keywords,
            "text": draft.text,
            "hash": draft.hash,
            "imported_at": self._now,
        }

    def _write(self) -> None:
        if self._waiting:
            self._writer.write(_written, self._waiting)
            self._waiting.clear()


def _fitting(name: str) -> str:
    """A name that can be stored. Raises ``UnfitArticle``."""
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise UnfitArticle("its name is too long, or holds characters that are none")
    return name


def forget(origin: str, writer: Writer, *, ask: Callable[[Any], Any]) -> int:
    """Remove all articles of a folder or sitemap; returns how many."""
    articles: KnownArticles = ask(_Known(origin))
    return _remove([article_id for article_id, _ in articles.values()], writer)


def _remove(ids: Sequence[int], writer: Writer) -> int:
    for start in range(0, len(ids), BATCH):
        writer.write(_removed, ids[start : start + BATCH])
    return len(ids)


def _written(tx: Transaction, batch: Sequence[_Write]) -> None:
    for write in batch:
        if write.id is None:
            article.add(tx, write.stems, **write.values)
        else:
            article.change(tx, write.id, write.stems, **write.values)


def _removed(tx: Transaction, batch: Sequence[int]) -> None:
    for article_id in batch:
        article.remove(tx, article_id)
