"""Lease renewal: keeps this process's leases, and claims what a dead process left."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from bot.channel.upload_drafts import UploadDrafts
from bot.notices.catalogue import DESK_NOTICES
from bot.runtime.containment import note
from bot.runtime.group_commit import Writer
from bot.workers.courier import Courier
from bot.workers.intake import BATCH, Intake
from store import schema
from store.engine import lease
from store.engine.announcement import INBOX, OUTBOX
from store.engine.clock import NEVER, Instant, since
from store.engine.lease import LEASE
from store.engine.transaction import Transaction
from store.erasure import disk
from store.people import rate_limit
from store.queues import claim, inbox, outbox, overdue
from store.queues.inbox import Incoming
from store.queues.outbox import Outgoing
from store.revision import SchemaMismatch

log = structlog.get_logger("lease renewal")
SURE = LEASE.total_seconds() / 2
"""Seconds after a lease was written for which its owner need not ask; the rest of it is for the delivery itself."""
OFTEN = LEASE.total_seconds() / 4
"""Seconds between two renewals."""
Pairs = list[tuple[int, int]]
HeldRows = dict[int, int]
"""Ids and fences."""


class Renewal(NamedTuple):
    """The time of a renewal, and the rows that turned out to be another process's."""

    at: Instant
    ids: frozenset[int]
    lost: Pairs


class Leases:
    """Knows which rows are still this process's own; a suspended process cannot tell by itself."""

    def __init__(
        self,
        writer: Writer,
        *,
        incoming: Callable[[], Iterable[HeldRows]],
        outgoing: HeldRows,
        now: Callable[[], datetime],
    ) -> None:
        """``incoming`` and ``outgoing``: the rows in hand; lost ones are removed from them."""
        self._writer = writer
        self._incoming = incoming
        self._outgoing = outgoing
        self._now = now
        self._renewed = Renewal(NEVER, frozenset(), [])
        self._lock = threading.Lock()

    def sure(self, row: Outgoing) -> bool:
        """Is a delivery ours for some time yet? Asks the store unless its lease was written just now."""
        if self._outgoing.get(row.id) != row.fence:
            return False
        with self._lock:  # one asks for all
            if self._recent(row):
                return True
            try:
                self.renew()
            except Exception as error:
                log.warning("lease of a delivery unknown", error=type(error).__name__)
                return False
        return self._outgoing.get(row.id) == row.fence

    def renew(self, life: timedelta = LEASE) -> None:
        """Extend the leases of all rows in hand; release those that belong to another process by now."""
        before = self._renewed.at
        self._renewed = renewed = self._writer.write_urgent(self._renew, life)
        if renewed.lost:
            self._report(len(renewed.lost), paused=since(before) >= LEASE.total_seconds())

    def _report(self, rows: int, *, paused: bool) -> None:
        """Log that rows are not ours any more: a card that changed while it was in hand is queued anew."""
        if paused:
            log.warning("taken over by another process while this one paused", rows=rows)
        else:
            log.info("queued anew while in hand", rows=rows)

    def keep(self) -> None:
        """Renew what is in hand, unless that was done just now."""
        if since(self._renewed.at) >= OFTEN:
            self.renew()

    def keep_before_claiming(self, tx: Transaction, now: datetime) -> None:
        """Renew in the transaction that claims: after a pause we would claim what we hold ourselves."""
        if since(self._renewed.at) >= OFTEN:
            self._renew_until(tx, now + LEASE)

    def _recent(self, row: Outgoing) -> bool:
        renewed = self._renewed
        return since(row.leased) < SURE or (row.id in renewed.ids and since(renewed.at) < SURE)

    def _renew(self, tx: Transaction, life: timedelta) -> Renewal:
        if not life:
            self._announce(tx)
        return self._renew_until(tx, self._now() + life)

    def _announce(self, tx: Transaction) -> None:
        """Have others take up at once what this process lets go of."""
        if any(self._incoming()):
            tx.announce(INBOX)
        if self._outgoing:
            tx.announce(OUTBOX)

    def _renew_until(self, tx: Transaction, until: datetime) -> Renewal:
        lost: Pairs = []
        for held in self._incoming():
            lost += _let_go(held, lease.renew(tx, inbox.inbox, list(held.items()), until=until))
        mine = list(self._outgoing.items())
        gone = _let_go(self._outgoing, lease.renew(tx, outbox.outgoing, mine, until=until))
        return Renewal(tx.began, frozenset(row_id for row_id, _ in set(mine) - set(gone)), lost + gone)


def _let_go(held: HeldRows, lost: Pairs) -> Pairs:
    """Whatever becomes of the transaction: what another process has taken does not come back."""
    gone = [pair for pair in lost if held.get(pair[0]) == pair[1]]
    for row_id, _ in gone:
        held.pop(row_id, None)
    return gone


EVERY = 1.0
"""Seconds between two rounds."""
SOON = 0.05
"""Seconds between two looks for room in its hands, while more waits than they took."""
FORGETS_EVERY = 20
"""Rounds between two looks at a part of the budgets: in six hours it has seen them all."""
WAKES_EVERY = 60
"""Rounds between two looks for what a wrong clock has put off; the first is at the start."""
KEPT = timedelta(days=1)
"""After it was last drawn on, a full budget is forgotten, and how its owner answered."""
MOST_CLAIMED = 200
"""Nothing more is taken up while this much is in hand."""


class LeaseRenewal:
    """Renews this process's leases and claims rows whose lease has expired."""

    name = "lease renewal"

    def __init__(
        self,
        writer: Writer,
        intakes: Mapping[str, Intake],
        courier: Courier,
        *,
        drafts: UploadDrafts,
        now: Callable[[], datetime],
        claims: Collection[str] = (INBOX, OUTBOX),
        each_round: Callable[[], None] = lambda: None,
    ) -> None:
        """``claims``: the queues this process takes rows of; ``each_round``: what else is done every second."""
        self._writer = writer
        self._claims = claims
        self._each_round = each_round
        self._woken = threading.Event()
        self._intakes = intakes
        self._courier = courier
        self._leases = Leases(
            writer,
            incoming=lambda: [intake.held for intake in intakes.values()],
            outgoing=courier.held,
            now=now,
        )
        courier.sure = self._leases.sure
        self._drafts = drafts
        self._now = now
        self._leaving = threading.Event()
        self._fallen = False

    def run(self) -> None:
        """Sweep every second until ``leave``. Raises ``SchemaMismatch`` if the schema is newer than we are."""
        rounds, due = 0, time.monotonic()
        while not self._leaving.is_set():
            self._woken.clear()
            full: Collection[str] = ()
            try:
                if time.monotonic() >= due:
                    due = time.monotonic() + EVERY
                    self._round(rounds)
                    rounds += 1
                full = self._sweep()
            except SchemaMismatch as error:
                self._fallen = True
                log.error("no more deliveries are claimed", why=str(error))
                raise
            except Exception as error:
                note(log, "round failed", error, part="round")
            self._pause(due, full)
        self._let_go()

    def wake(self) -> None:
        """Have it look at once for what waits; from any thread."""
        self._woken.set()

    def leave(self) -> None:
        """Stop after this round."""
        self._leaving.set()
        self._woken.set()
        if self._fallen:
            self._let_go()

    def _let_go(self) -> None:
        """Release everything in hand, so that any process may claim it at once."""
        self._leases.renew(timedelta(0))

    def _round(self, number: int) -> None:
        self._leases.keep()  # before anything is claimed: a process that was stopped holds leases that are over
        if number % WAKES_EVERY == 0 and (woken := self._writer.write(overdue.wake, now=self._now())):
            log.warning("rows put off by a wrong clock are due now", rows=woken)
        self._each_round()
        if number % FORGETS_EVERY == 0:
            now, since = rate_limit.millis(self._now()), rate_limit.millis(self._now() - KEPT)
            self._writer.write(rate_limit.forget, number // FORGETS_EVERY, now=now, since=since)
            self._drafts.sweep(self._now(), named=self._named)

    def _pause(self, until: float, full: Collection[str]) -> None:
        """Wait until then, until woken, or for room where more may wait than was taken up."""
        while (left := until - time.monotonic()) > 0:
            if self._woken.wait(min(left, SOON) if full else left) or any(map(self._has_room, full)):
                break

    def _has_room(self, queue: str) -> bool:
        return (self._incoming() if queue == INBOX else self._courier.busy) < MOST_CLAIMED

    def _sweep(self) -> Collection[str]:
        """Take up what is due; the queues of which there may be more than it could take."""
        takes = {INBOX: self._take_messages, OUTBOX: self._take_deliveries}
        return [queue for queue, take in takes.items() if queue in self._claims and not take()]

    def _take_messages(self) -> bool:
        """Take up messages while there is room; True if none is left."""
        while self._has_room(INBOX) and not self._leaving.is_set():
            self._leases.keep()
            messages = self._writer.write(self._claim_incoming)
            for row in messages:
                if row.source in self._intakes:  # else its channel is closed; it comes up again later
                    self._intakes[row.source].take(row)
            if len(messages) < BATCH:
                return True
        return False

    def _take_deliveries(self) -> bool:
        """The same of deliveries."""
        while self._has_room(OUTBOX) and not self._leaving.is_set():
            self._leases.keep()
            deliveries = self._writer.write(self._claim_outgoing)
            self._courier.take(deliveries)
            if len(deliveries) < BATCH:
                self._courier.caught_up()
                return True
        return False

    def _named(self, digest: str) -> bool:
        return self._writer.write(disk.is_named, digest)

    def _incoming(self) -> int:
        """The number of messages in this process's hands."""
        return sum(len(intake.held) for intake in self._intakes.values())

    def _claiming(self, tx: Transaction) -> datetime:
        """The time up to which due rows may be claimed; excludes all that is in hand."""
        schema.require(tx)
        now = self._now()
        self._leases.keep_before_claiming(tx, now)
        return now

    def _claim_incoming(self, tx: Transaction) -> list[Incoming]:
        return inbox.claim(tx, now=self._claiming(tx), lease=LEASE, most=BATCH)

    def _claim_outgoing(self, tx: Transaction) -> list[Outgoing]:
        now = self._claiming(tx)
        return claim.deliveries(tx, now=now, until=now + LEASE, most=BATCH, behind=DESK_NOTICES)
