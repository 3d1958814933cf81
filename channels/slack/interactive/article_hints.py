"""Hints: articles that may help, and the IDs that were read, shown while a subject is typed.

Slack allows a workspace a hundred changes of views a minute, of all kinds ("Rate limits", tier 4).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.model.facts import Suggestion
from channels.slack.desk.desk_client import DeskClient
from channels.slack.interactive.modals import SLACKS_ERRORS, why
from channels.slack.text.view_state import Values
from channels.slack.views import articles
from channels.slack.views.new_case_form import names_ids

log = structlog.get_logger("slack")
SHORTEST = 3
"""Characters of a subject that is worth a look."""
A_MINUTE = 60
"""Changes of forms in a minute that show articles while somebody types."""
BUTTONS_A_MINUTE = 20
"""Further ones, that show a button to search by: what is clicked is not limited here."""
PAUSE = 0.5
"""Seconds between two changes of one form."""
View = Mapping[str, Any]
Redraw = Callable[[View, str, tuple[Suggestion, ...], bool], View]
"""Shows the form with the IDs of a subject and these articles, or with a button to search, if nobody else
has changed it; the view then."""


class Hints:
    """Suggests articles while a subject is typed.

    One thread at a time changes a form; of what is typed meanwhile, only the last is looked at.
    """

    def __init__(self, counter: DeskClient) -> None:
        self._counter = counter
        self._lock = threading.Lock()
        self._latest: dict[str, View | None] = {}
        """The view's id → the view as it was typed in last; None: that was looked at."""
        self._changed, self._buttons = MinuteBudget(), MinuteBudget()

    def look(self, subject: str) -> tuple[Suggestion, ...]:
        """Suggestions for a subject."""
        suggestions: tuple[Suggestion, ...] = ()
        if len(subject) >= SHORTEST:
            suggestions = self._counter.articles(subject)
        return suggestions

    def typed(self, view: View, redraw: Redraw) -> None:
        """Redraw the form if other articles fit the typed subject than those it shows, or it has other IDs."""
        view_id = str(view["id"])
        with self._lock:
            busy = view_id in self._latest
            self._latest[view_id] = view
        if busy:
            return
        try:
            self._follow(view_id, redraw)
        except (
            BaseException
        ):  # else nobody looks at this form any more; once done, it may be another thread's
            with self._lock:
                self._latest.pop(view_id, None)
            raise

    def _follow(self, view_id: str, redraw: Redraw) -> None:
        now: View | None = None
        while (typed := self._next(view_id)) is not None:
            subject = Values(typed).text("subject")
            suggestions = self.look(subject)
            now = now or typed
            others = tuple(suggestion.id for suggestion in suggestions) != articles.shown(now)
            if not others and names_ids(now, subject, self._counter.lists.id_names):
                continue
            if self._changed.take(self._counter.now(), A_MINUTE):
                now = _redrawn(now, subject, suggestions, redraw)
            elif (
                others
                and not articles.offers_search(now)
                and self._buttons.take(self._counter.now(), BUTTONS_A_MINUTE)
            ):
                now = _redrawn(now, subject, (), redraw, search=True)
            else:
                continue
            time.sleep(PAUSE)  # what is typed meanwhile is looked at then, the last of it

    def _next(self, view_id: str) -> View | None:
        """The newest typed view since the last look; None if there is none: the next typing starts anew."""
        with self._lock:
            view = self._latest[view_id]
            if view is None:
                del self._latest[view_id]
            else:
                self._latest[view_id] = None
            return view

    def spent(self) -> bool:
        """Are as many forms changed as may be in a minute?"""
        return self._changed.spent(self._counter.now(), A_MINUTE)


class MinuteBudget:
    """How often something was done within the last minute. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: deque[datetime] = deque()

    def take(self, now: datetime, most: int) -> bool:
        """Do it once more, if it may be done."""
        with self._lock:
            taken = self._left(now, most) > 0
            if taken:
                self._taken.append(now)
            return taken

    def spent(self, now: datetime, most: int) -> bool:
        """May it be done no more?"""
        with self._lock:
            return self._left(now, most) <= 0

    def _left(self, now: datetime, most: int) -> int:
        while self._taken and now - self._taken[0] > timedelta(minutes=1):
            self._taken.popleft()
        return most - len(self._taken)


def _redrawn(
    view: View, subject: str, suggestions: tuple[Suggestion, ...], redraw: Redraw, *, search: bool = False
) -> View | None:
    """The redrawn view; None if it is unknown: closed, sent or redrawn meanwhile, or Slack is busy."""
    try:
        return redraw(view, subject, suggestions, search)
    except SLACKS_ERRORS as error:
        log.info("a form shows no articles", error=why(error))
        return None
