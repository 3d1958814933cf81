"""The desk as channels see it: commands to be handled, questions to be answered, pages to be shown."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, TypeVar

from bot.config.load import Config
from bot.model.facts import HealthView, Suggestion
from bot.model.outcome import Outcome
from bot.model.pages import FormPage, Gone, NewPage, Page, PageFrame, Purpose, StoredFile
from bot.model.question import Question
from bot.model.request import Request

T = TypeVar("T")


class PageLinks(Protocol):
    """The pages that signed links lead to: what all of them show, and the forms upon them."""

    def begin_with(self, base_url: str) -> None:
        """Say what links to pages begin with from now on, without a slash at the end; empty: there are none."""

    def front(self) -> PageFrame:
        """What every page says of the desk."""

    def anybody(self) -> NewPage | None:
        """The page on which somebody opens a case whom nobody knows yet; None: at a closed desk they cannot."""

    def opened(self, case: int, person: int) -> str:
        """The link of the page of a case that was opened just now."""

    def number(self, token: str, *, now: datetime) -> str:
        """The number of the case that ``receipt_of`` names; ``""`` for what is not ours, or is a day old."""

    def receipt_of(self, case: int) -> str:
        """A word for a case that somebody unknown has opened, for the page that tells them its number."""

    def form(self, page: FormPage) -> str:
        """A fresh nonce for the forms of a page: it acts once."""

    def receipt(self, page: FormPage, nonce: str, *, now: datetime) -> str:
        """The key of what is sent with a nonce; ``""`` if it was not made for this page, or is a day old."""


class ArticleLinks(Protocol):
    """Links to articles that count how often they are followed."""

    base_url: str
    """What they begin with; the web door sets it, if it has a public one."""

    def link(self, to: Suggestion) -> str:
        """Where an article is read, by way of a page that counts if there is one."""

    def count(self, article_id: int) -> None:
        """Count one reader for today, soon."""


class DeskApi(Protocol):
    """All that a channel asks of the desk."""

    @property
    def config(self) -> Config:
        """The config of the whole desk."""

    @property
    def pages(self) -> PageLinks: ...

    @property
    def clicks(self) -> ArticleLinks: ...

    def handle(self, request: Request) -> Outcome:
        """Do what is asked and return when it is durable.

        Raises what is the house's fault; ``BadCommand`` for a form with a field that is wrong, ``NoRoom`` and
        ``TooMany`` for one of the web door that is beyond what is allowed today.
        """

    def before(self, source: str, key: str) -> Outcome | None:
        """What became of the request of this key; None if there was none. Changes nothing."""

    def ask(self, question: Question[T]) -> T:
        """Answer a question from the present state; changes nothing."""

    def page(self, purpose: Purpose, token: str, *, part: int = 1) -> Page | None:
        """What a signed link leads to; None if the link is not ours. ``part``: which page of a list."""

    def file(self, purpose: Purpose, token: str, file_id: int) -> StoredFile | Gone | None:
        """A file on the page that a link leads to; None if there is none of that id for its holder."""

    def in_words(self, language: str, sentence: str) -> str:
        """A sentence of ours in a language; in English where that lacks it."""

    def health(self) -> HealthView:
        """What waits, after a transaction that could write."""

    def now(self) -> datetime:
        """The desk's clock, in UTC."""
