"""Queries about articles for operators: all of them, one of them, a search."""

from __future__ import annotations

from dataclasses import dataclass

from bot.articles.stemmer import stems
from store.articles import article
from store.articles.article import Article
from store.engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ListArticles:
    """All, by where they were imported from."""

    limit: int = 50

    def answer(self, tx: Transaction) -> tuple[Article, ...]:
        return tuple(article.listing(tx, most=self.limit))


@dataclass(frozen=True, slots=True)
class ShowArticle:
    """One; None if there is none of that id."""

    id: int

    def answer(self, tx: Transaction) -> Article | None:
        return article.get(tx, self.id)


@dataclass(frozen=True, slots=True)
class FindArticles:
    """Those that hold any of the words, as the database ranks them; whether or not they would be suggested."""

    words: str
    limit: int = 50

    def answer(self, tx: Transaction) -> tuple[Article, ...]:
        wanted = list(dict.fromkeys(stems(self.words, asked=True)))[:20]
        hits = article.find(tx, wanted, most=self.limit)
        return tuple(found for hit in hits if (found := article.get(tx, hit.id)))
