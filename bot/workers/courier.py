"""The courier: delivers the outbox, retries, and reports dead letters."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from bot.channel.outbound import DeliveryFailed, Interruptible, Parcel, Stands, TakenOver
from bot.channel.protocols import Channel
from bot.model.translatable import stored
from bot.notices.catalogue import DESK_NOTICES
from bot.notify import boards
from bot.runtime.containment import is_of_store, note
from bot.runtime.group_commit import Writer
from bot.runtime.metrics import DELIVERED
from bot.workers.backlog import Backlog, DeliveryOrder, Payloads
from bot.workers.failing import LONGEST_WAIT, TRIES, Failing, FailingDeliveries, backoff
from bot.workers.settlement import settle
from bot.workers.unrecorded import Unrecorded
from store import channel_state
from store.cases.thread import Thread
from store.engine.database import Database
from store.engine.transaction import Transaction
from store.queues import dispatch, outbox
from store.queues.outbox import DeliveryOutcome, Outgoing

log = structlog.get_logger("courier")

PATIENCE = timedelta(days=5)
"""After that a delivery is given up (RFC 5321, section 4.5.4.1: four to five days)."""
NOTED_EVERY = timedelta(minutes=1)
"""How often it is kept that a channel waits for somebody: what it waits with has five days from then on."""
IN_HANDS = 2.0
"""Seconds after which a delivery is tried again that comes after one in a process's hands."""
STORE_AWAY = timedelta(seconds=5)
"""After which a delivery is tried again that the store did not allow."""
AFTER = "waits for what comes before it"
LEFT = "waits until fewer others are under way"
IN_HAND, CUSTOMERS_IN_HAND = 1000, 5000
"""Deliveries in hand beyond which new ones are left in the store, and of those that customers wait for."""
PARKED = 2000
"""Deliveries of a channel that wait in memory for a pause to be over; more of them wait in the store."""
GRACE = 5.0
"""Seconds that deliveries which are under way may take when we leave; then their connections are cut."""


class Courier:
    """Hands outbox rows to their channels and writes the results. Has no thread of its own."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        channels: Mapping[str, Channel],
        *,
        gather: Callable[[Transaction, Outgoing], Outgoing | None],
        now: Callable[[], datetime],
    ) -> None:
        """``gather`` composes one mail from a batched row without bytes and the others of its batch."""
        self._database = database
        self._writer = writer
        self._channels = channels
        self._gather = gather
        self._now = now
        self._paused: dict[str, float] = {}
        self._order = DeliveryOrder()
        self._failing = FailingDeliveries(lambda: now().timestamp())
        self._queues: dict[str, Backlog] = {}
        self._payloads = Payloads(database)
        self.unrecorded = Unrecorded()
        """Deliveries of this process whose outcome is not in the store yet."""
        self._left: set[int] = set()
        """Limits beyond which rows were left in the store, and are still there."""
        self.held: dict[int, int] = {}
        """Ids and fences of the deliveries in this process's hands."""
        self.sure: Callable[[Outgoing], bool] = lambda row: self.held.get(row.id) == row.fence
        """Is a delivery still ours (``bot.workers.lease_renewal``, where there is one)?"""
        self.delivered: dict[str, datetime] = {}
        """When each channel last took something from this process."""
        self._noted: dict[str, datetime] = {}
        """When it was last kept that a channel waits for somebody."""
        self._closes = 0.0
        """When what is under way is cut off, once we leave."""

    def hand_over(self, rows: Sequence[Outgoing]) -> None:
        """Take rows that were leased to this process at birth; the excess is claimed later, in its turn.

        So is what is written while we leave: other processes need not wait for its lease to expire.
        """
        for row in rows:
            if not self._closes and self._room(row):
                self.take([row])
            else:
                self._put_off(row, timedelta(0), LEFT, untried=True)

    def _room(self, row: Outgoing) -> bool:
        """May a row be taken? Not if it would overtake rows that were left in the store."""
        limit = IN_HAND if row.notice in DESK_NOTICES else CUSTOMERS_IN_HAND
        if self.busy >= limit:
            self._left.add(limit)
        return limit not in self._left

    @property
    def busy(self) -> int:
        """How many deliveries are in hand, without those that are parked."""
        return len(self.held) - sum(queue.parked for queue in list(self._queues.values()))

    def caught_up(self) -> None:
        """Note that no due row is left in the store."""
        self._left.clear()

    def take(self, rows: Sequence[Outgoing]) -> None:
        """Take rows that are leased to this process."""
        for row in map(self._payloads.light, rows):
            self.held[row.id] = row.fence
            if row.channel not in self._channels:
                self._put_off(row, LONGEST_WAIT, f"the channel {row.channel} is not open")
            elif self._order.enter(self._lane(row), row):
                self.queue(row.channel).put(row)

    def queue(self, channel: str) -> Backlog:
        """The backlog of a channel: a slow channel delays no other."""
        return self._queues.setdefault(channel, Backlog())

    def close(self) -> float:
        """Start nothing more; returns until when (monotonic) what is in progress may take."""
        self._closes = self._closes or time.monotonic() + GRACE
        return self._closes

    def interrupt(self, channel: str) -> None:
        """Break off a channel's deliveries in progress."""
        opened = self._channels[channel]
        if isinstance(opened, Interruptible):
            opened.interrupt()

    def deliver(self, row: Outgoing) -> None:
        """Try a delivery once. An exception affects only this delivery."""
        try:
            self._deliver(row)
        except Exception as error:
            note(log, "delivery failed unexpectedly", error, part="delivery", outgoing=row.id)
            why = type(error).__name__  # its text may quote a customer
            if is_of_store(error):
                self._later(row, STORE_AWAY, why)
            else:
                self._failed(row, DeliveryFailed(why, permanent=False))

    def _deliver(self, row: Outgoing) -> None:
        """Try a delivery, if it is still ours; not while the store is behind with what was delivered."""
        if not self.unrecorded.wait(leaves=lambda: self._closes):
            self._put_off(row, timedelta(0), LEFT, untried=True)
            return
        self._payloads.unload(row)
        if not self.sure(row):
            self._drop(row)
            return
        pause = self._paused.get(row.channel, 0.0) - time.monotonic()
        if pause > 0:
            self._later(row, timedelta(seconds=pause), "its destination asked for a pause", untried=True)
        elif row.payload == b"":
            self._deliver_batch(row)
        elif self._lane(row) and self.queue(row.channel).join(self._payloads.light(row)):
            self._leave_lane(row)
        else:
            self._try(row)

    def _deliver_batch(self, row: Outgoing) -> None:
        """Compose the mail of a batch and deliver it; done already if another row took this one along."""
        made = self._writer.write(self._gather, row)
        self._let_go(row)
        self._follow(row)
        if made is not None:
            self.take([made])

    def _try(self, row: Outgoing) -> None:
        try:
            self._after_others(row)
            stands = self._late_post(row) or self._channels[row.channel].deliver(self._parcel(row))
        except TakenOver:
            self._drop(row)
        except DeliveryFailed as failure:
            self._failed(row, failure)
        else:
            self._sent(row, stands or Stands(""))

    def _parcel(self, row: Outgoing) -> Parcel:
        about = (row.id, row.recipient, row.bounce_to, self._payloads.of(row), row.key, row.place)
        moments = (row.created_at.timestamp(), row.leased.running)
        return Parcel(*about, max(row.attempts, 1), *moments, partial(self.sure, row))

    def _late_post(self, row: Outgoing) -> Stands | None:
        """Return the place of a delivery that another process posted after it lost its lease, or None."""
        if row.attempts < 2 or row.key:
            return None
        with self._database.reading() as tx:
            place = dispatch.place_of(tx, row.id)
        return Stands(place) if place else None

    def _after_others(self, row: Outgoing) -> None:
        """Raise ``DeliveryFailed`` while an older delivery about the case holds back this one."""
        if not self._lane(row) or row.key:
            return
        with self._database.reading() as tx:
            earlier = outbox.before(tx, row, now=self._now())
        if earlier and (wait := self._failing.seconds_until_allowed(row, earlier)) is not None:
            raise DeliveryFailed(AFTER, permanent=False, after=max(wait, IN_HANDS), untried=True)

    def _sent(self, row: Outgoing, stands: Stands) -> None:
        self.delivered[row.channel] = self._now()
        self.unrecorded.add(row.id)
        thread = None
        if stands.begins and stands.case is not None:
            thread = Thread(row.channel, stands.place, stands.case, stands.begins, stands.person)
        self._settle(
            DeliveryOutcome(
                row,
                "sent",
                outbox.EPHEMERAL if stands.ephemeral else "",
                self._now(),
                place=stands.place,
                thread=thread,
                apart=stands.apart,
                ephemeral=stands.ephemeral,
                delayed=self._failing.ended(row, sent=True),
            )
        )

    def _failed(self, row: Outgoing, failure: DeliveryFailed) -> None:
        if failure.pause:
            self._paused[row.channel] = time.monotonic() + failure.pause
        if failure.patient:
            self._note_wait(row.channel)
        waits = failure.untried or failure.queue or failure.pause
        failing = None if waits else self._failing.failed(row)
        final = failing is not None and failure.unknown and failing.tries >= TRIES
        if failure.permanent or final or self._too_long(row, failure):
            self._failing.ended(row, sent=False)
            log.error(
                "delivery given up: casebot outbox retry tries again", outgoing=row.id, why=str(failure)
            )
            outcome = DeliveryOutcome(
                row, "dead", stored(failure.why), self._now(), unreached=failure.unreached
            )
            self._settle(outcome)
        elif self._closes:
            self._put_off(row, timedelta(0), str(failure))  # we broke it off: whoever comes next tries again
        elif failure.queue and self.queue(row.channel).parked < PARKED:
            self._park(row, failure)
        else:
            seconds = failure.after or backoff(1 if failure.unknown else row.attempts).total_seconds()
            seconds = self._failing.put_off(row, seconds) if failing else seconds
            wait = timedelta(seconds=seconds)
            self._later(row, wait, str(failure), untried=failure.untried, failing=failing)

    def _too_long(self, row: Outgoing, failure: DeliveryFailed) -> bool:
        """Return whether it was tried for five days, not counting until its channel last waited for somebody.

        False also while the store cannot be read.
        """
        now = self._now()
        if failure.patient or now - row.created_at <= PATIENCE:
            return False
        with suppress(Exception), self._database.reading() as tx:
            state = channel_state.read(tx, f"{row.channel} waited") or {}
            return not state or now - datetime.fromisoformat(state["until"]) > PATIENCE
        return False

    def _note_wait(self, channel: str) -> None:
        """Keep until when a channel waited for somebody, for all processes and starts, once a minute."""
        now = self._now()
        if now - self._noted.get(channel, now - NOTED_EVERY) < NOTED_EVERY:
            return
        self._noted[channel] = now
        until = {"until": now.isoformat()}
        self._writer.put(channel_state.amend_all, (f"{channel} waited", lambda _: until))

    def _park(self, row: Outgoing, failure: DeliveryFailed) -> None:
        """Keep a delivery in hand, with those behind it to the same reader, until its destination takes it.

        A card that stands already holds up nothing that is said below it.
        """
        again = row if failure.untried else replace(row, attempts=max(row.attempts, 1) + 1)
        stands = bool(row.key and row.place)
        behind = [] if stands else self._order.clear(self._lane(row), row.recipient)
        rows = [self._payloads.light(each) for each in (again, *behind)]
        self.queue(row.channel).park(failure.queue, rows, seconds=failure.after)
        self._leave_lane(row)

    def _later(
        self,
        row: Outgoing,
        wait: timedelta,
        why: str,
        *,
        untried: bool = False,
        failing: Failing | None = None,
    ) -> None:
        """Put off a delivery with those behind it; a failing one holds them back for a minute."""
        level = log.info if untried else log.warning  # an answer that waits behind another is no trouble
        level("delivery put off", outgoing=row.id, seconds=round(wait.total_seconds()), why=why)
        now = self._now().timestamp()
        held = wait if failing is None else min(wait, timedelta(seconds=failing.held(now)))
        reported = failing is not None and failing.is_to_be_reported(now)
        self._put_off(row, wait, why, untried=untried, delayed=[row.id] if reported else ())
        behind = self._order.clear(self._lane(row), row.recipient) if held > timedelta(0) else []
        for number, other in enumerate(behind, 1):
            self._put_off(other, held + timedelta(milliseconds=number), AFTER, untried=True)

    def _drop(self, row: Outgoing) -> None:
        """Forget a delivery that another process has or may have; if none has, its lease expires."""
        self._let_go(row)
        if row.key:
            self._writer.put(outbox.free, (row, self._now() + boards.CARD_INTERVAL))
        self._follow(row)

    def _let_go(self, row: Outgoing) -> None:
        """Release a row from this process, unless it was claimed anew meanwhile."""
        if self.held.get(row.id) == row.fence:
            del self.held[row.id]

    def _follow(self, row: Outgoing) -> None:
        """Start the next deliveries after one that is finished."""
        self.queue(row.channel).freed(row)
        self._leave_lane(row)

    def _leave_lane(self, row: Outgoing) -> None:
        """Start the next delivery of the same lane."""
        follower = self._order.leave(self._lane(row), row)
        if follower is not None:
            self.queue(follower.channel).put(follower)

    def _put_off(
        self, row: Outgoing, wait: timedelta, why: str, *, untried: bool = False, delayed: Sequence[int] = ()
    ) -> None:
        now = self._now()
        self._settle(
            DeliveryOutcome(row, "waiting", why, now, next=now + wait, untried=untried, delayed=delayed)
        )

    def _settle(self, outcome: DeliveryOutcome) -> None:
        DELIVERED.labels(outcome.row.channel, outcome.outcome).inc()
        self._payloads.unload(outcome.row)

        def done(future: Future[Any]) -> None:
            self.unrecorded.remove(outcome.row.id)
            self._let_go(outcome.row)
            if future.exception() is not None:
                # Its lease runs out and it is sent once more, with the same Message-ID.
                log.warning("delivery outcome not recorded", outgoing=outcome.row.id)
            self._follow(outcome.row)

        self._writer.put_done(settle, outcome).add_done_callback(done)

    def _lane(self, row: Outgoing) -> str:
        """The lane of a delivery: those about one case go in order where it is read as a conversation."""
        channel = self._channels.get(row.channel)
        talk = row.case_id is not None and channel is not None and channel.traits.threads
        return f"{row.channel}/{row.case_id}" if talk else ""


class CourierThread:
    """A thread that delivers one channel's rows, one after another."""

    def __init__(self, courier: Courier, channel: str, number: int) -> None:
        self.name = f"courier-{channel}-{number}"
        self._courier = courier
        self._channel = channel
        self._rows = courier.queue(channel)
        self._done = threading.Event()

    def run(self) -> None:
        """Deliver until one of the threads is asked to leave."""
        self._done.clear()
        try:
            while (row := self._rows.get()) is not None:
                self._courier.deliver(row)
        finally:
            self._done.set()

    def leave(self) -> None:
        """Finish the delivery in progress within the time limit; the rest waits for the next process."""
        closes = self._courier.close()
        self._rows.close()
        if not self._done.wait(max(closes - time.monotonic(), 0)):
            self._courier.interrupt(self._channel)
