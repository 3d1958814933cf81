"""The desk as channels see it: commands to be handled, questions to be answered, pages to be shown."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Protocol, TypeVar

from bot.brand.palette import Palette
from bot.config.load import Config
from bot.model.facts import HealthView, Suggestion
from bot.model.outcome import Outcome
from bot.model.pages import FormPage, Gone, LogoFile, NewPage, Page, PageFrame, Purpose, StoredFile
from bot.model.question import Question
from bot.model.request import Request

T = TypeVar("T")


class PageLinks(Protocol):
    """The pages behind signed links: what they all show, and the forms on them."""

    def begin_with(self, base_url: str) -> None:
        """Set the beginning of page links, without a slash at the end; empty: there are none."""

    def front(self, mailbox: str = "") -> PageFrame:
        """What every page shows of the desk, as this mailbox, or as its first."""

    def palettes(self) -> Collection[Palette]:
        """The colours of all brands that have their own."""

    def logo(self, name: str) -> LogoFile | None:
        """The logo of this name, which a page shows."""

    def of_desk(self, purpose: str, number: int, person: int) -> str:
        """A link for one of the desk: to a ``mail`` as it came, or the ``files`` of a case; or ``""``."""

    def anybody(self, mailbox: str = "") -> NewPage | None:
        """The page for a new case by an unknown person, as ``front`` has it; None at a closed desk."""

    def opened(self, case: int, person: int) -> str:
        """The link to the page of a case that was just opened."""

    def upload(self, case: int, person: int) -> str:
        """The link to the page where a customer uploads files to a case; ``""`` without a web door."""

    def new_case(self, person: int | None) -> str:
        """The link by which this person opens a case; of None, the one for anybody, if the desk is open."""

    def number(self, token: str, *, now: datetime) -> str:
        """The case number that ``receipt_of`` names; ``""`` if it is not ours, or a day old."""

    def receipt_of(self, case: int) -> str:
        """A token for a case opened by an unknown person, for the page that shows them its number."""

    def form(self, page: FormPage) -> str:
        """A fresh nonce for the forms of a page: it acts once."""

    def receipt(self, page: FormPage, nonce: str, *, now: datetime) -> str:
        """The receipt key for a nonce; ``""`` if it was not made for this page, or is a day old."""


class ArticleLinks(Protocol):
    """Links to articles that count clicks."""

    base_url: str
    """What they begin with; the web door sets it, if it has a public one."""

    def link(self, to: Suggestion) -> str:
        """The address of an article, by way of a page that counts if there is one."""

    def count(self, article_id: int) -> None:
        """Count one click for today, soon."""


class DeskApi(Protocol):
    """Everything that a channel may ask of the desk."""

    @property
    def config(self) -> Config:
        """The config of the whole desk."""

    @property
    def pages(self) -> PageLinks: ...

    @property
    def clicks(self) -> ArticleLinks: ...

    def handle(self, request: Request) -> Outcome:
        """Do what is asked; return once it is durable.

        Raises what is the house's fault; ``BadCommand`` for a form with an invalid field, ``NoRoom`` and
        ``TooMany`` for a web form that is beyond today's limits.
        """

    def before(self, source: str, key: str) -> Outcome | None:
        """The result of the request with this key; None if there was none. Changes nothing."""

    def ask(self, question: Question[T]) -> T:
        """Answer a question from the present state; changes nothing."""

    def page(self, purpose: Purpose, token: str, *, part: int = 1) -> Page | None:
        """The page of a signed link; None if the link is not ours. ``part``: which page of a list."""

    def file(self, purpose: Purpose, token: str, file_id: int) -> StoredFile | Gone | None:
        """A file on the page of a link; None if the link's holder has no file of that id."""

    def in_words(self, language: str, sentence: str) -> str:
        """One of our sentences in a language; English if it is not translated."""

    def health(self) -> HealthView:
        """The sizes of the queues, read after a transaction that could write."""

    def now(self) -> datetime:
        """The desk's clock, in UTC."""
