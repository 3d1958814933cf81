"""Outage of a channel: the desk reads by mail that it does not work, and that it works again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from bot.channel.capabilities import ChannelCondition, Observable
from bot.channel.protocols import Channel
from bot.config.settings import lasting
from bot.model.translatable import saying
from bot.monitors.monitor import Monitor, MonitorContext
from bot.notices.catalogue import DESK_NOTICES
from bot.notices.desk import ChannelDown, ChannelWorks, PlaceUnusable
from bot.notices.notice import Notice
from bot.notify.notification import Notification
from bot.notify.notifier import NOBODY
from bot.syntax.case_numbers import label
from store import channel_state
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.people import rate_limit
from store.queues import outbox_unshown
from store.queues.outbox import Outgoing
from store.queues.outbox_unshown import ChannelBacklog

log = structlog.get_logger("outage")
EVERY = 5.0
"""Seconds between two looks."""
SAID_EVERY = 60.0
"""Seconds between two lines in the log while a channel does not work."""
CALM = timedelta(minutes=1)
"""How long a channel must work before the desk is told that it does again."""
MOST_CASES = 10


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """A channel as an operator wants to see it."""

    condition: ChannelCondition
    backlog: ChannelBacklog
    delivered: datetime | None
    """When this process last delivered something there."""

    def age(self, now: datetime) -> float:
        """Seconds since the oldest waiting delivery was written, or 0."""
        return (now - self.backlog.oldest).total_seconds() if self.backlog.oldest else 0.0

    def facts(self, now: datetime) -> dict[str, Any]:
        """For ``/readyz``."""
        return {
            "connected": self.condition.connected,
            "waiting": self.backlog.waiting,
            "oldest_seconds": round(self.age(now), 1),
            "last_delivery": self.delivered.isoformat(timespec="seconds") if self.delivered else None,
        }


def channels_health(
    database: Database, channels: Mapping[str, Channel], delivered: Mapping[str, datetime]
) -> dict[str, ChannelHealth]:
    """Every open channel's condition, backlog and last delivery."""
    with database.reading() as tx:
        backlogs = outbox_unshown.backlogs(tx)
    nothing = ChannelBacklog(0, None)
    return {
        name: ChannelHealth(_condition(channel), backlogs.get(name, nothing), delivered.get(name))
        for name, channel in channels.items()
    }


def _condition(channel: Channel) -> ChannelCondition:
    return channel.condition() if isinstance(channel, Observable) else ChannelCondition()


class ChannelMonitor(Monitor):
    """Watches channels that notice their own outages; staff are told by mail, once for each outage."""

    def __init__(self, context: MonitorContext) -> None:
        super().__init__(context)
        within = self.config.desk.shown_within
        self._within = lasting(within) if within else None
        self._next = self._said = 0.0
        self._places: frozenset[tuple[str, str, str]] = frozenset()
        self._well: dict[str, datetime] = {}
        """Since when each works."""

    def look(self) -> list[Outgoing]:
        """Tell of what began or ended; returns the rows, leased to this process."""
        if time.monotonic() < self._next:
            return []
        self._next = time.monotonic() + EVERY
        now, rows = self.now(), list[Outgoing]()
        for name, health in channels_health(self.database, self.channels, self.delivered).items():
            if isinstance(self.channels[name], Observable) and self.here(name):
                rows += self._look_at(name, health, now)
        return rows + self._look_at_places()

    def _look_at(self, name: str, health: ChannelHealth, now: datetime) -> list[Outgoing]:
        why = self._wrong(health, now)
        if why is None:
            since = self._well.setdefault(name, now)
            return self.writer.write(self._ended, name, health) if now - since >= CALM else []
        self._well.pop(name, None)
        self._write_log(name, health, why, now)
        return self.writer.write(self._began, name, health, why) if self._within else []

    def _wrong(self, health: ChannelHealth, now: datetime) -> str | None:
        """Why a channel does not work (``""``: that is not known); None if it works."""
        within = (self._within or timedelta(minutes=5)).total_seconds()
        if health.condition.fault:
            return health.condition.fault
        if health.condition.unheard > within:
            return saying("it is not connected")
        return "" if health.age(now) > within else None

    def _write_log(self, name: str, health: ChannelHealth, why: str, now: datetime) -> None:
        """One line a minute while it lasts."""
        if time.monotonic() - self._said < SAID_EVERY and self._said:
            return
        self._said = time.monotonic()
        log.error("a channel does not work", channel=name, why=why or "messages wait", **health.facts(now))

    def _began(self, tx: Transaction, name: str, health: ChannelHealth, why: str) -> list[Outgoing]:
        """Tell that it does not work, unless the desk knows."""
        now = self.now()
        outage = channel_state.read(tx, _state(name), to_change=True) or {}
        if outage.get("since") and (outage.get("why") or not why):
            return []
        since = outage.get("since") or now.isoformat()
        channel_state.write(tx, _state(name), {"since": since, "why": why})
        lost = now - timedelta(seconds=health.condition.unheard)
        cases = outbox_unshown.cases_waiting(tx, name, behind=DESK_NOTICES, most=MOST_CASES)
        notice = ChannelDown(
            channel=self._label(name),
            why=why,
            since=min(health.backlog.oldest or lost, lost),
            waiting=health.backlog.waiting,
            cases=tuple(map(label, cases)),
        )
        return self._told(tx, notice)

    def _ended(self, tx: Transaction, name: str, health: ChannelHealth) -> list[Outgoing]:
        outage = channel_state.read(tx, _state(name), to_change=True) or {}
        if not outage.get("since"):
            return []
        channel_state.write(tx, _state(name), {})
        log.info("a channel works again", channel=name)
        since = datetime.fromisoformat(outage["since"])
        return self._told(
            tx, ChannelWorks(channel=self._label(name), since=since, waiting=health.backlog.waiting)
        )

    def _look_at_places(self) -> list[Outgoing]:
        """Tell of places that cannot be used any more, each once a day."""
        places = frozenset(
            (name, place, what)
            for name, channel in self.channels.items()
            for place, what in _condition(channel).places.items()
        )
        rows: list[Outgoing] = []
        for name, place, what in sorted(places - self._places):
            rows += self.writer.write(self._tell_of_place, name, place, what)
        self._places = places
        return rows

    def _tell_of_place(self, tx: Transaction, name: str, place: str, what: str) -> list[Outgoing]:
        key = rate_limit.key("place", name, place, what[:100])
        if not rate_limit.once_a_day(tx, key, now=rate_limit.millis(self.now())):
            return []
        return self._told(tx, PlaceUnusable(channel=self._label(name), what=what))

    def _told(self, tx: Transaction, notice: Notice) -> list[Outgoing]:
        return self.to_staff(tx, Notification(notice, NOBODY, None, self.now()))

    def _label(self, name: str) -> str:
        return self.config.profiles[name].label


def _state(name: str) -> str:
    return f"outage of {name}"
