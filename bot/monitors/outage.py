"""Outage of a chat channel: its notices go to the desk by mail."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.config.settings import lasting
from bot.desk.handlers.conversation import undelivered
from bot.monitors.monitor import Monitor, MonitorContext
from bot.notices.urgency import ConcernRaised, ConcernWaits
from store.cases import timer
from store.engine.transaction import Transaction
from store.queues import inbox, outbox_unshown
from store.queues.outbox import Outgoing
from store.queues.outbox_unshown import UnshownNotice

log = structlog.get_logger("outage")
URGENT = timedelta(seconds=30)
"""How long what is said about a Blocker, or of a concern, may wait: nothing that works takes so long."""
AT_ONCE = (ConcernRaised.name, ConcernWaits.name)
SOURCE = "outage"
"""Of the receipts for what was told by mail: one for each day that a notice waits."""
EVERY = 5.0
"""Seconds between two looks."""


class OutageMonitor(Monitor):
    """Watches for notices that wait too long for a board (``[desk] shown_within``).

    Each is told by mail once a day while it waits, in a turn of its own, and stays where it is: the board
    shows it once it can.
    """

    def __init__(self, context: MonitorContext) -> None:
        super().__init__(context)
        within = self.config.desk.shown_within
        self._within = lasting(within) if within else None
        self._next = 0.0

    def look(self) -> Sequence[Outgoing]:
        """Start timers that send by mail what waits too long for a board."""
        if self._within is not None and time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            if late := self._late(self._within):
                self.writer.write(self._tell, late)
        return ()

    def _late(self, within: timedelta) -> list[UnshownNotice]:
        boards, now = self.composer.boards.names(), self.now()
        if not boards:
            return []
        soon = now - min(URGENT, within)
        urgent = self.config.lists.blocker
        with self.database.reading() as tx:
            return outbox_unshown.waiting(
                tx,
                boards,
                before=now - within,
                urgent=urgent,
                urgent_before=soon,
                at_once=AT_ONCE,
            )

    def _tell(self, tx: Transaction, late: list[UnshownNotice]) -> None:
        now = self.now()
        for notice in late:
            key = f"{notice.id} {(now - notice.since).days}"
            if inbox.find_receipt(tx, SOURCE, key) is None:
                inbox.write_receipt(tx, SOURCE, key, "by mail", now=now)  # of two processes one fails here
                timer.start(tx, notice.case_id, f"{undelivered.LATE}{notice.id}", now)
                log.warning(
                    "a channel takes no messages: its readers are notified by mail",
                    outgoing=notice.id,
                    case=notice.case_id,
                )
