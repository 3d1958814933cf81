"""Hints: articles that may help, shown in the form while its subject is typed."""

from __future__ import annotations

import threading
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

log = structlog.get_logger("slack")
SHORTEST = 3
"""Characters of a subject that is worth a look."""
A_MINUTE = 60
"""Forms that are changed so a minute; Slack allows a hundred changes of views, of all kinds ("Rate limits", tier 4)."""
View = Mapping[str, Any]
Redraw = Callable[[View, tuple[Suggestion, ...]], View]
"""Shows the form with these articles, if nobody else has changed it; the view as it is then."""


class Hints:
    """Suggests articles while a subject is typed.

    One thread at a time changes a form; of what is typed meanwhile, only the last is looked at.
    """

    def __init__(self, counter: DeskClient) -> None:
        self._counter = counter
        self._lock = threading.Lock()
        self._latest: dict[str, View | None] = {}
        """The view's id → the view as it was typed in last; None: that was looked at."""
        self._changed: deque[datetime] = deque()

    def look(self, subject: str) -> tuple[Suggestion, ...]:
        """Suggestions for a subject."""
        suggestions: tuple[Suggestion, ...] = ()
        if len(subject) >= SHORTEST:
            suggestions = self._counter.articles(subject)
        return suggestions

    def typed(self, view: View, redraw: Redraw) -> None:
        """Redraw the form if other articles fit the typed subject than those it shows."""
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
            suggestions = self.look(Values(typed).text("subject"))
            now = now or typed
            if tuple(suggestion.id for suggestion in suggestions) != articles.shown(now) and self._may():
                now = _redrawn(now, suggestions, redraw)

    def _next(self, view_id: str) -> View | None:
        """The newest typed view since the last look; None if there is none: the next typing starts anew."""
        with self._lock:
            view = self._latest[view_id]
            if view is None:
                del self._latest[view_id]
            else:
                self._latest[view_id] = None
            return view

    def _may(self) -> bool:
        """Is a change within the rate limit? Hints are a courtesy."""
        now = self._counter.now()
        with self._lock:
            while self._changed and now - self._changed[0] > timedelta(minutes=1):
                self._changed.popleft()
            if len(self._changed) >= A_MINUTE:
                return False
            self._changed.append(now)
            return True


def _redrawn(view: View, suggestions: tuple[Suggestion, ...], redraw: Redraw) -> View | None:
    """The redrawn view; None if it is unknown: closed, sent or redrawn meanwhile, or Slack is busy."""
    try:
        return redraw(view, suggestions)
    except SLACKS_ERRORS as error:
        log.info("a form shows no articles", error=why(error))
        return None
