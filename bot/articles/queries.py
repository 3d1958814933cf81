"""Queries about articles for operators: all of them, one of them, a search."""

from __future__ import annotations

from dataclasses import dataclass

from bot.articles.stemmer import stems
from store.articles import article
from store.articles.article import Article
from store.engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ListArticles:
    """All articles, ordered by where they were imported from; those behind the one ``after``."""

    limit: int = 50
    after: int | None = None

    def answer(self, tx: Transaction) -> tuple[Article, ...]:
        return tuple(article.listing(tx, most=self.limit, after=self.after))


@dataclass(frozen=True, slots=True)
class ShowArticle:
    """An article by its id, or None."""

    id: int

    def answer(self, tx: Transaction) -> Article | None:
        return article.get(tx, self.id)


@dataclass(frozen=True, slots=True)
class FindArticles:
    """Articles with any of the words, ranked by the database, whether or not they would be suggested."""

    words: str
    limit: int = 50

    def answer(self, tx: Transaction) -> tuple[Article, ...]:
        wanted = list(dict.fromkeys(stems(self.words, asked=True)))[:20]
        hits = article.find(tx, wanted, most=self.limit)
        return tuple(match for hit in hits if (match := article.get(tx, hit.id)))
