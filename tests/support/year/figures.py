"""The figures of a year's report: as the model counts them, and as the desk does."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.reports.period import Period
from bot.reports.report import ReportOf
from tests.support.houses.desk import TestDesk
from tests.support.year.cast import BOARD, DESKS
from tests.support.year.model import Model

SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
_MISSED = ("reply overdue", "solution overdue")


def counted(model: Model) -> dict[str, Any]:
    """As the model has it; of spam nothing is counted."""
    stories = {story.number: story for story in model.stories if story.reason != "spam"}
    on_board = [told for told in model.told if told.reader == BOARD.lower() and told.case in stories]
    closings = [(story, reason) for story in stories.values() for _, reason in story.closings]
    ratings = [rating for (number, _), rating in model.ratings.items() if number in stories]
    return {
        "opened": len(stories),
        "closed": len(closings),
        "reopened": sum(len(story.reopenings) for story in stories.values()),
        "breaches": sum(told.notice in _MISSED for told in on_board),
        "concerns": sum(len(story.concerns) for story in stories.values()),
        "invited": sum(story.number in stories for story in model.invited),
        "returned": len(ratings),
        "scale": tuple(ratings.count(rating) for rating in range(1, 6)),
        "accounts opened": Counter(story.account or "none" for story in stories.values()),
        "accounts closed": Counter(story.account or "none" for story, _ in closings),
    }


def reported(desk: TestDesk) -> dict[str, Any]:
    """As the desk's own report has it."""
    period = Period(SINCE, UNTIL, ZoneInfo(DESKS))
    now = desk.desk.ask(ReportOf(desk.app.config, period, UNTIL)).now
    return {
        "opened": now.opened,
        "closed": now.closed,
        "reopened": now.reopened,
        "breaches": now.breaches,
        "concerns": sum(count for _, count in now.concerns),
        "invited": now.satisfaction.invited,
        "returned": now.satisfaction.returned,
        "scale": now.satisfaction.scale,
        "accounts opened": Counter({each.name: each.opened for each in now.accounts if each.opened}),
        "accounts closed": Counter({each.name: each.closed for each in now.accounts if each.closed}),
    }
