"""Monitors of what is set up wrong: a channel that outsiders read, no authserv-id, clocks, files."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

import structlog

from bot.channel.capabilities import Exposable, Unsure
from bot.monitors.monitor import Monitor, MonitorContext
from bot.notices.desk import BoardExposed, MailboxUnvouched
from bot.notify import announcements
from bot.notify.notification import Notification
from bot.notify.notifier import NOBODY
from store.cases import attachment
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.files.place import FileStorage
from store.people import rate_limit
from store.queues.outbox import Outgoing

log = structlog.get_logger("vouching")


class ExposureMonitor(Monitor):
    """Watches for places of the desk that outsiders can read; staff are told by mail, once a day each."""

    def __init__(self, context: MonitorContext) -> None:
        super().__init__(context)
        self._told: frozenset[tuple[str, str]] = frozenset()

    def look(self) -> list[Outgoing]:
        """Tell of those that are open since the last look; the rows that were written, leased to this process."""
        exposed = {
            (name, place): shown
            for name, channel in self.channels.items()
            if isinstance(channel, Exposable)
            for place, shown in channel.exposed().items()
        }
        rows: list[Outgoing] = []
        for place in sorted(exposed.keys() - self._told):
            rows += self.writer.write(self._tell, place[1], exposed[place])
        self._told = frozenset(exposed)
        return rows

    def _tell(self, tx: Transaction, place: str, shown: str) -> list[Outgoing]:
        now = self.now()
        if not rate_limit.once_a_day(tx, rate_limit.key("exposed", place), now=rate_limit.millis(now)):
            return []
        return self.to_staff(tx, Notification(BoardExposed(place=shown), NOBODY, None, now))


UNSET = (
    "authserv_id is not set: cases from mail without a DKIM signature will be held"
    " (`casebot check` proposes what to set)"
)


class VouchingMonitor(Monitor):
    """Watches for mailboxes whose mail nobody vouches for.

    Each is told of once a start in the log, and once a day at most on the desk's boards.
    """

    def __init__(self, context: MonitorContext) -> None:
        super().__init__(context)
        self._told: set[str] = set()

    def look(self) -> list[Outgoing]:
        """Tell of those that nothing was told of yet; the rows that were written, leased to this process."""
        unsure = (channel for channel in self.channels.values() if isinstance(channel, Unsure))
        rows: list[Outgoing] = []
        for address in sorted(
            {mailbox for channel in unsure for mailbox in channel.unvouched()} - self._told
        ):
            log.warning(UNSET, mailbox=address)
            rows += self.writer.write(self._tell, address)
            self._told.add(address)
        return rows

    def _tell(self, tx: Transaction, address: str) -> list[Outgoing]:
        notice, where = MailboxUnvouched(address=address), {"about": address, "mailbox": address}
        return announcements.post(tx, self.composer, notice, **where, now=self.now()) or []


APART = timedelta(seconds=5)
"""Difference that is worth a word."""


def clocks(ahead: timedelta) -> Iterable[str]:
    """A sentence if the database's clock is too far ahead of this machine's, or (negative) behind."""
    if abs(ahead) > APART:
        seconds = round(abs(ahead).total_seconds())
        where = "behind" if ahead > timedelta(0) else "ahead of"
        yield (
            f"store.url: this machine's clock is {seconds} s {where} the database's. Queues go by the database's, but "
            "the times that people read would be wrong: set both by NTP (chrony, systemd-timesyncd)."
        )


def files_elsewhere(database: Database, files: FileStorage) -> Iterable[str]:
    """A sentence if the newest file is not where the config says; none if that does not answer."""
    with database.reading() as tx:
        digest = attachment.newest(tx)
    with suppress(OSError):  # it is told apart
        if digest and not files.has(digest):
            yield (
                "store.files: the newest attachment is not there. If the files were somewhere else before,"
                " `casebot files copy FROM` brings them along."
            )
