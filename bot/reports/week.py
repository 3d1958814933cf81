"""The week in brief: a few figures of the last seven days, counted now and then."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.config.load import Config
from bot.model.facts import WeekFigures
from bot.reports.period import Period
from bot.reports.report import FiguresOf
from store.engine.database import Database

WEEK = timedelta(days=7)
GOOD_FOR = 300.0
"""Seconds for which they are told again without being counted anew."""


class WeekInBrief:
    """Counts the figures for whoever asks, at most every few minutes; called from any thread."""

    def __init__(self, config: Config, database: Database, now: Callable[[], datetime]) -> None:
        self._config = config
        self._database = database
        self._now = now
        self._lock = threading.Lock()
        self._counted = 0.0
        self._figures: WeekFigures | None = None

    def __call__(self) -> WeekFigures | None:
        """The figures."""
        with self._lock:
            if self._figures is None or time.monotonic() - self._counted > GOOD_FOR:
                self._figures, self._counted = self._count(), time.monotonic()
            return self._figures

    def _count(self) -> WeekFigures:
        now = self._now()
        period = Period(now - WEEK, now, self._config.zone)
        with self._database.reading() as tx:
            figures = FiguresOf(self._config, period).answer(tx)
        paces = [pace for pace in figures.answering if not pace.priority]
        promised, in_time = sum(pace.promised for pace in paces), sum(pace.kept for pace in paces)
        return WeekFigures(figures.opened, figures.closed, promised, in_time)
