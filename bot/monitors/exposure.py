"""Exposure: a channel of the desk's that outsiders can read."""

from __future__ import annotations

from bot.channel.capabilities import Exposable
from bot.monitors.monitor import Monitor, MonitorContext
from bot.notices.desk import BoardExposed
from bot.notify.notification import Notification
from bot.notify.notifier import NOBODY
from store.engine.transaction import Transaction
from store.people import rate_limit
from store.queues.outbox import Outgoing


class ExposureMonitor(Monitor):
    """Watches for places of the desk that outsiders can read; staff are told by mail, once a day each."""

    def __init__(self, context: MonitorContext) -> None:
        super().__init__(context)
        self._reported: frozenset[tuple[str, str]] = frozenset()

    def look(self) -> list[Outgoing]:
        """Report places opened since the last look; returns the rows, leased to this process."""
        exposed = {
            (name, place): shown
            for name, channel in self.channels.items()
            if isinstance(channel, Exposable)
            for place, shown in channel.exposed().items()
        }
        rows: list[Outgoing] = []
        for place in sorted(exposed.keys() - self._reported):
            rows += self.writer.write(self._tell, place[1], exposed[place])
        self._reported = frozenset(exposed)
        return rows

    def _tell(self, tx: Transaction, place: str, shown: str) -> list[Outgoing]:
        now = self.now()
        if not rate_limit.once_a_day(tx, rate_limit.key("exposed", place), now=rate_limit.millis(now)):
            return []
        return self.to_staff(tx, Notification(BoardExposed(place=shown), NOBODY, None, now))
