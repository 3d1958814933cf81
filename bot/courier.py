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

from bot.channel import Channel, DeliveryFailed, Parcel, Stands
from bot.handlers import undelivered
from bot.lanes import Lanes
from bot.metrics import DELIVERED
from bot.writer import Writer
from store import along, outbox, timer
from store.database import Database
from store.outbox import Fate, Outgoing
from store.thread import Thread
from store.transaction import Transaction

log = structlog.get_logger("courier")

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
PATIENCE = timedelta(days=5)
"""After that a delivery is given up (RFC 5321, section 4.5.4.1: four to five days)."""
IN_HANDS = timedelta(seconds=2)
"""After which a delivery is tried again that comes after one in somebody's hands."""
BEHIND = "waits for what comes before it"


class Courier:
    """Hands rows to their channels and writes what became of them. Has no thread of its own."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        channels: Mapping[str, Channel],
        *,
        gather: Callable[[Transaction, Outgoing], Outgoing | None],
        now: Callable[[], datetime],
    ) -> None:
        """``gather`` makes one mail of a row without bytes and of what waits with it."""
        self._database = database
        self._writer = writer
        self._channels = channels
        self._gather = gather
        self._now = now
        self._paused: dict[str, float] = {}
        self._lanes = Lanes()
        self._queues: dict[str, SimpleQueue[Outgoing | None]] = {}
        self.held: dict[int, int] = {}
        """Ids and fences of the deliveries in this process's hands."""
        self.closed = False

    def hand_over(self, rows: Sequence[Outgoing]) -> None:
        """Take rows that are leased to this process."""
        for row in rows:
            self.held[row.id] = row.fence
            if row.channel not in self._channels:
                self._put_off(row, LONGEST_WAIT, f"the channel {row.channel} is not open")
            elif self._lanes.enter(self._lane(row), row):
                self.queue(row.channel).put(row)

    def queue(self, channel: str) -> SimpleQueue[Outgoing | None]:
        """What waits for a channel: a slow one holds up no other."""
        return self._queues.setdefault(channel, SimpleQueue())

    def deliver(self, row: Outgoing) -> None:
        """One try."""
        pause = self._paused.get(row.channel, 0.0) - time.monotonic()
        if pause > 0:
            self._later(row, timedelta(seconds=pause), "its destination asked for a pause")
        elif row.payload:
            self._try(row)
        else:
            self._deliver_gathered(row)

    def _deliver_gathered(self, row: Outgoing) -> None:
        """What waited for company is made one mail, then delivered as that; if it went with another, it is done."""
        try:
            made = self._writer.put(self._gathered, row).result()
        except Exception as error:
            log.exception("what was gathered could not be written", outgoing=row.id)
            self._failed(row, DeliveryFailed(f"{type(error).__name__}: {error}", permanent=False))
            return
        if self.held.get(row.id) == row.fence:
            del self.held[row.id]
        if made is not None:
            self.held[made.id] = made.fence
            self._try(made)

    def _gathered(self, tx: Transaction, rows: Sequence[Outgoing]) -> list[Outgoing | None]:
        return [self._gather(tx, row) for row in rows]

    def _try(self, row: Outgoing) -> None:
        parcel = Parcel(
            row.id,
            row.recipient,
            row.bounce_to,
            row.payload,
            row.key,
            row.place,
            max(row.fence, 1),
            row.created_at.timestamp(),
        )
        try:
            self._after_others(row)
            stands = self._channels[row.channel].deliver(parcel)
        except DeliveryFailed as failure:
            self._failed(row, failure)
        except Exception as error:
            log.exception("a delivery broke", outgoing=row.id)
            self._failed(row, DeliveryFailed(f"{type(error).__name__}: {error}", permanent=False))
        else:
            self._sent(row, stands or Stands(""))

    def _after_others(self, row: Outgoing) -> None:
        """Raises ``DeliveryFailed`` while something for the same reader of the case was put off before this came."""
        if not self._lane(row) or row.key:
            return
        with self._database.reading() as tx:
            wait = outbox.before(tx, row, now=self._now())
        if wait is not None:
            raise DeliveryFailed(BEHIND, permanent=False, after=max(wait, IN_HANDS).total_seconds())

    def _sent(self, row: Outgoing, stands: Stands) -> None:
        thread = None
        if stands.begins and stands.case is not None:
            thread = Thread(row.channel, stands.place, stands.case, stands.begins, stands.person)
        self._settle(
            Fate(row, "sent", "", self._now(), place=stands.place, thread=thread, apart=stands.apart)
        )

    def _failed(self, row: Outgoing, failure: DeliveryFailed) -> None:
        if failure.pause:
            self._paused[row.channel] = time.monotonic() + failure.pause
        if failure.permanent or self._now() - row.created_at > PATIENCE:
            log.error(
                "delivery given up: casebot outbox retry tries again", outgoing=row.id, why=str(failure)
            )
            self._settle(Fate(row, "dead", str(failure), self._now()))
        elif failure.after:
            self._later(row, timedelta(seconds=failure.after), str(failure))
        else:
            self._later(row, backoff(row.attempts), str(failure))

    def _later(self, row: Outgoing, wait: timedelta, why: str) -> None:
        log.warning("delivery put off", outgoing=row.id, seconds=round(wait.total_seconds()), why=why)
        self._put_off(row, wait, why)
        for number, behind in enumerate(self._lanes.clear(self._lane(row), row.recipient), 1):
            self._put_off(behind, wait + timedelta(milliseconds=number), BEHIND)

    def _put_off(self, row: Outgoing, wait: timedelta, why: str) -> None:
        self._settle(Fate(row, "waiting", why, self._now(), next=self._now() + wait))

    def _settle(self, fate: Fate) -> None:
        DELIVERED.labels(fate.row.channel, fate.outcome).inc()

        def done(future: Future[Any]) -> None:
            if self.held.get(fate.row.id) == fate.row.fence:
                del self.held[fate.row.id]
            if future.exception() is not None:
                # Its lease runs out and it is sent once more, with the same Message-ID.
                log.warning("a delivery's fate was not written", outgoing=fate.row.id)
            follower = self._lanes.leave(self._lane(fate.row), fate.row)
            if follower is not None:
                self.queue(follower.channel).put(follower)

        self._writer.put(_settle, fate).add_done_callback(done)

    def _lane(self, row: Outgoing) -> str:
        """Deliveries of one lane go one after the other: what is said about a case where it is read as a talk."""
        channel = self._channels.get(row.channel)
        talk = row.case_id is not None and channel is not None and channel.traits.threads
        return f"{row.channel}/{row.case_id}" if talk else ""


class Round:
    """One courier's round: a thread that delivers for one channel, one row after the other."""

    def __init__(self, courier: Courier, channel: str, number: int) -> None:
        self.name = f"courier-{channel}-{number}"
        self._courier = courier
        self._rows = courier.queue(channel)

    def run(self) -> None:
        """Deliver until one of the rounds is asked to leave."""
        while (row := self._rows.get()) is not None and not self._courier.closed:
            self._courier.deliver(row)
        self._rows.put(None)  # for the next one

    def leave(self) -> None:
        """Finish the delivery in hand; the rest waits in the outbox for whoever comes next."""
        self._courier.closed = True
        self._rows.put(None)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many tries: a minute, doubled each time up to four hours, with full jitter."""
    longest: timedelta = min(FIRST_WAIT * 2 ** min(max(attempts, 1) - 1, 20), LONGEST_WAIT)
    return max(longest * random.random(), FIRST_WAIT / 4)  # noqa: S311 - spreads load, guards nothing


def _settle(tx: Transaction, fates: Sequence[Fate]) -> list[None]:
    outbox.settle(tx, fates)
    for fate in fates:
        if fate.outcome == "dead" and fate.row.case_id is not None:
            _let_it_be_told(tx, fate.row.case_id, f"{undelivered.KIND}{fate.row.id}", fate.at)
        if (fate.apart or fate.outcome == "dead") and fate.row.case_id is not None:
            along.apart(tx, fate.row.case_id, fate.row.id, now=fate.at)
    return [None] * len(fates)


def _let_it_be_told(tx: Transaction, case: int, kind: str, at: datetime) -> None:
    if kind not in [waiting for waiting, _ in timer.waiting(tx, case)]:
        timer.start(tx, case, kind, at)
