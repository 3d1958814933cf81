"""Article links that count how often they are followed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import date, datetime
from zoneinfo import ZoneInfo

import structlog

from bot.model.facts import Suggestion
from bot.runtime.group_commit import Writer
from store.articles import click
from store.engine.transaction import Transaction

log = structlog.get_logger("clicks")
MOST_WAITING = 200
"""Items that wait for the writer; while there are more, clicks are not counted: cases come first."""
PATH = "article"
"""Where the web door leads to articles, each by its id."""


class ArticleClicks:
    """Makes links to articles that count clicks. Nobody waits for it or is turned away if it fails."""

    def __init__(self, writer: Writer, *, zone: ZoneInfo, now: Callable[[], datetime]) -> None:
        self._writer = writer
        self._zone = zone
        self._now = now
        self.base_url = ""
        """What links that people follow from elsewhere begin with; the web door sets it, if it has a public one."""

    def link(self, to: Suggestion) -> str:
        """A link that counts, for places outside our pages; without a public address the article's own."""
        return f"{self.base_url}/{PATH}/{to.id}" if self.base_url else to.url

    def count(self, article_id: int) -> None:
        """Count one click for today, soon."""
        if self._writer.waiting() < MOST_WAITING:
            day = self._now().astimezone(self._zone).date()
            self._writer.put(_write, (article_id, day)).add_done_callback(_done)


def _write(tx: Transaction, clicks: Sequence[tuple[int, date]]) -> list[None]:
    for article_id, day in clicks:
        click.write(tx, article_id, day=day)
    return [None] * len(clicks)


def _done(future: Future[None]) -> None:
    if error := future.exception():
        log.warning("a click on an article was not counted", error=type(error).__name__)
