"""Questions about articles: which may help, and where one is read."""

from __future__ import annotations

from dataclasses import dataclass

from bot.articles import suggest
from bot.model.facts import Suggestion
from store.articles import article
from store.engine.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Suggest:
    """Which articles may answer a subject and the description's beginning, the likeliest first; three at most."""

    subject: str
    text: str = ""

    def answer(self, tx: Transaction) -> tuple[Suggestion, ...]:
        return suggest.find(tx, self.subject, self.text)


@dataclass(frozen=True, slots=True)
class ArticleAt:
    """The question where an article is read: its URL as it was imported, ``""`` if there is none."""

    article: int

    def answer(self, tx: Transaction) -> str:
        found = article.place(tx, self.article)
        return found.url if found else ""
