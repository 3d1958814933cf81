"""Timers of a restored desk: customers get back the time that passed since the backup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.desk.handlers.deadlines import timers
from bot.model import silence
from bot.model.working_time import Calendar
from store.cases import timer
from store.engine.transaction import Transaction

CUSTOMERS = (*silence.KINDS, timers.CONFIRM, timers.SURVEY)
"""What customers are reminded of, what is closed because they say nothing, and what they are asked."""
SOON = timedelta(microseconds=1)
"""Of working time: it ends on the next working day, if it begins out of hours."""


@dataclass(frozen=True, slots=True)
class ReleasedTimers:
    """What becomes of the timers of a desk that is released."""

    due: int
    """Of the desk's own: how many come due at once."""
    postponed: int
    """Of customers: how many were put off."""
    by: timedelta
    """For how long: what passed since the backup."""


def release(tx: Transaction, calendar: Calendar, *, since: datetime, now: datetime) -> ReleasedTimers:
    """Put off what concerns customers by the time ``since`` the backup, into working hours; the rest runs.

    The old desk may have heard them in that time, or reminded them; this one has not.
    """

    def later(at: datetime) -> datetime:
        moment = at + (now - since)
        return moment if calendar.is_open(moment) else calendar.after(moment, SOON)

    postponed = timer.postpone(tx, CUSTOMERS, later)
    return ReleasedTimers(timer.count_due(tx, now), postponed, now - since)
