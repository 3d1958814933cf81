"""Questions about articles: which may help, and where one is read."""

from __future__ import annotations

from dataclasses import dataclass

from bot.articles import suggest
from bot.model.facts import Suggestion
from store.articles import article
from store.engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Suggest:
    """Which articles may answer a subject and a description's beginning; the best first, at most three."""

    subject: str
    text: str = ""

    def answer(self, tx: Transaction) -> tuple[Suggestion, ...]:
        return suggest.find(tx, self.subject, self.text)


@dataclass(frozen=True, slots=True)
class ArticleAt:
    """The URL of an article as imported, ``""`` if there is none."""

    article: int

    def answer(self, tx: Transaction) -> str:
        location = article.place(tx, self.article)
        return location.url if location else ""
