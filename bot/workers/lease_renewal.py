"""Lease renewal: keeps this process's leases, and claims what a dead process left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.channel.upload_drafts import UploadDrafts
from bot.notices.catalogue import BEHIND
from bot.runtime.group_commit import Writer
from bot.workers.courier import Courier
from bot.workers.intake import BATCH, Intake
from bot.workers.leases import Leases
from store import schema
from store.cases import entry
from store.engine.lease import LEASE
from store.engine.transaction import Transaction
from store.people import rate_limit
from store.queues import claim, inbox, overdue
from store.queues.inbox import Incoming
from store.queues.outbox import Outgoing
from store.schema import SchemaMismatch

log = structlog.get_logger("sweeper")
EVERY = 1.0
"""Seconds between two rounds."""
FORGETS_EVERY = 20
"""Rounds between two looks at a part of the budgets: in six hours it has seen them all."""
WAKES_EVERY = 60
"""Rounds between two looks for what a wrong clock has put off; the first is at the start."""
KEPT = timedelta(days=1)
"""After it was last drawn on, a full budget is forgotten, and how its owner answered."""
IN_HAND = 200
"""Nothing more is taken up while this much is in hand."""


class LeaseRenewal:
    """Renews this process's leases and claims rows whose lease has expired."""

    name = "sweeper"

    def __init__(
        self,
        writer: Writer,
        intakes: Mapping[str, Intake],
        courier: Courier,
        *,
        drafts: UploadDrafts,
        now: Callable[[], datetime],
    ) -> None:
        self._writer = writer
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
        rounds = 0
        while not self._leaving.is_set():
            try:
                self._round(rounds)
            except SchemaMismatch as error:
                self._fallen = True
                log.error("no more deliveries are claimed", why=str(error))
                raise
            except Exception as error:
                log.warning("round failed", error=type(error).__name__)
            rounds += 1
            self._leaving.wait(EVERY)
        self._let_go()

    def leave(self) -> None:
        """Stop after this round."""
        self._leaving.set()
        if self._fallen:
            self._let_go()

    def _let_go(self) -> None:
        """Release everything in hand, so that any process may claim it at once."""
        self._leases.renew(timedelta(0))

    def _round(self, number: int) -> None:
        self._leases.keep()  # before anything is claimed: a process that was stopped holds leases that are over
        if number % WAKES_EVERY == 0 and (woken := self._writer.write(overdue.wake, now=self._now())):
            log.warning("rows put off by a wrong clock are due now", rows=woken)
        self._sweep()
        if number % FORGETS_EVERY == 0:
            now, since = rate_limit.millis(self._now()), rate_limit.millis(self._now() - KEPT)
            self._writer.write(rate_limit.forget, number // FORGETS_EVERY, now=now, since=since)
            self._drafts.sweep(self._now(), named=self._named)

    def _sweep(self) -> None:
        while self._incoming() < IN_HAND and not self._leaving.is_set():
            self._leases.keep()
            messages = self._writer.write(self._claim_incoming)
            for row in messages:
                if row.source in self._intakes:  # else its channel is closed; it comes up again later
                    self._intakes[row.source].take(row)
            if len(messages) < BATCH:
                break
        while len(self._courier.held) < IN_HAND and not self._leaving.is_set():
            self._leases.keep()
            deliveries = self._writer.write(self._claim_outgoing)
            self._courier.take(deliveries)
            if len(deliveries) < BATCH:
                self._courier.caught_up()
                break

    def _named(self, digest: str) -> bool:
        return self._writer.write(entry.is_attached, digest)

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
        return claim.deliveries(tx, now=now, until=now + LEASE, most=BATCH, behind=BEHIND)
