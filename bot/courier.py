"""The courier: what lies in the outbox is delivered, tried again with patience, or given up and reported."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import Any

import structlog

from bot.channel import Channel, DeliveryFailed, Parcel
from bot.metrics import DELIVERED
from bot.writer import Writer
from store import outbox
from store.outbox import Fate, Outgoing
from store.transaction import Transaction

log = structlog.get_logger("courier")

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
PATIENCE = timedelta(days=5)
"""After that a delivery is given up (RFC 5321, section 4.5.4.1: four to five days)."""


class Courier:
    """Hands rows to their channels and writes what became of them. Has no thread of its own."""

    def __init__(
        self, writer: Writer, channels: Mapping[str, Channel], *, now: Callable[[], datetime]
    ) -> None:
        self._writer = writer
        self._channels = channels
        self._now = now
        self._paused: dict[str, float] = {}
        self.rows: SimpleQueue[Outgoing | None] = SimpleQueue()
        self.held: dict[int, int] = {}
        """Ids and fences of the deliveries in this process's hands."""
        self.closed = False

    def hand_over(self, rows: Sequence[Outgoing]) -> None:
        """Take rows that are leased to this process."""
        for row in rows:
            self.held[row.id] = row.fence
            self.rows.put(row)

    def deliver(self, row: Outgoing) -> None:
        """One try."""
        pause = self._paused.get(row.channel, 0.0) - time.monotonic()
        if pause > 0:
            self._later(row, timedelta(seconds=pause), "its destination asked for a pause")
            return
        try:
            self._channels[row.channel].deliver(Parcel(row.id, row.recipient, row.bounce_to, row.payload))
        except DeliveryFailed as failure:
            self._failed(row, failure)
        except Exception as error:
            log.exception("a delivery broke", outgoing=row.id)
            self._failed(row, DeliveryFailed(f"{type(error).__name__}: {error}", permanent=False))
        else:
            self._settle(Fate(row, "sent", "", self._now()))

    def _failed(self, row: Outgoing, failure: DeliveryFailed) -> None:
        if failure.pause:
            self._paused[row.channel] = time.monotonic() + failure.pause
        if failure.permanent or self._now() - row.created_at > PATIENCE:
            log.error(
                "delivery given up: casebot outbox retry tries again", outgoing=row.id, why=str(failure)
            )
            self._settle(Fate(row, "dead", str(failure), self._now()))
        else:
            self._later(row, backoff(row.attempts), str(failure))

    def _later(self, row: Outgoing, wait: timedelta, why: str) -> None:
        log.warning("delivery put off", outgoing=row.id, seconds=round(wait.total_seconds()), why=why)
        self._settle(Fate(row, "waiting", why, self._now(), next=self._now() + wait))

    def _settle(self, fate: Fate) -> None:
        DELIVERED.labels(fate.row.channel, fate.outcome).inc()

        def done(future: Future[Any]) -> None:
            if self.held.get(fate.row.id) == fate.row.fence:
                del self.held[fate.row.id]
            if future.exception() is not None:
                # Its lease runs out and it is sent once more, with the same Message-ID.
                log.warning("a delivery's fate was not written", outgoing=fate.row.id)

        self._writer.put(_settle, fate).add_done_callback(done)


class Round:
    """One courier's round: a thread that delivers, one row after the other."""

    def __init__(self, courier: Courier, number: int) -> None:
        self.name = f"courier-{number}"
        self._courier = courier

    def run(self) -> None:
        """Deliver until one of the rounds is asked to leave."""
        rows = self._courier.rows
        while (row := rows.get()) is not None and not self._courier.closed:
            self._courier.deliver(row)
        rows.put(None)  # for the next one

    def leave(self) -> None:
        """Finish the delivery in hand; the rest waits in the outbox for whoever comes next."""
        self._courier.closed = True
        self._courier.rows.put(None)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many tries: a minute, doubled each time up to four hours, with full jitter."""
    longest: timedelta = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
    return max(longest * random.random(), FIRST_WAIT / 4)  # noqa: S311 - spreads load, guards nothing


def _settle(tx: Transaction, fates: Sequence[Fate]) -> list[None]:
    outbox.settle(tx, fates)
    return [None] * len(fates)
