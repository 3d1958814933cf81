"""Unset authserv-id: no server of ours vouches for senders, and the desk hears what to set."""

from __future__ import annotations

import structlog

from bot.channel.capabilities import Unsure
from bot.monitors.monitor import Monitor, MonitorContext
from bot.notices.desk import MailboxUnvouched
from bot.notify import announcements
from store.engine.transaction import Transaction
from store.queues.outbox import Outgoing

log = structlog.get_logger("vouching")
UNSET = (
    "authserv_id is not set: cases from mail without a DKIM signature will be held"
    " (`casebot check` proposes what to set)"
)


class VouchingMonitor(Monitor):
    """Watches for mailboxes whose mail nobody vouches for.

    Each is reported once a start in the log, and once a day at most on the desk's boards.
    """

    def __init__(self, context: MonitorContext) -> None:
        super().__init__(context)
        self._reported: set[str] = set()

    def look(self) -> list[Outgoing]:
        """Report mailboxes that were not reported yet; returns the rows, leased to this process."""
        unsure = (channel for channel in self.channels.values() if isinstance(channel, Unsure))
        rows: list[Outgoing] = []
        for address in sorted(
            {mailbox for channel in unsure for mailbox in channel.unvouched()} - self._reported
        ):
            log.warning(UNSET, mailbox=address)
            rows += self.writer.write(self._tell, address)
            self._reported.add(address)
        return rows

    def _tell(self, tx: Transaction, address: str) -> list[Outgoing]:
        notice, where = MailboxUnvouched(address=address), {"about": address, "mailbox": address}
        return announcements.post(tx, self.composer, notice, **where, now=self.now()) or []
