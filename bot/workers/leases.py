"""The leases of this process: after a pause, nothing is taken for its own unasked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from bot.runtime.group_commit import Writer
from store.engine import lease
from store.engine.clock import NEVER, Instant, since
from store.engine.lease import LEASE
from store.engine.transaction import Transaction
from store.queues import inbox, outbox
from store.queues.outbox import Outgoing

log = structlog.get_logger("sweeper")
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
        self._renewed = renewed = self._writer.write(self._renew, life)
        if renewed.lost:
            log.warning("taken over by another process while this one paused", rows=len(renewed.lost))

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
        return self._renew_until(tx, self._now() + life)

    def _renew_until(self, tx: Transaction, until: datetime) -> Renewal:
        lost: Pairs = []
        for held in self._incoming():
            lost += _let_go(held, lease.renew(tx, inbox.inbox, list(held.items()), until=until))
        mine = list(self._outgoing.items())
        gone = _let_go(self._outgoing, lease.renew(tx, outbox.outgoing, mine, until=until))
        return Renewal(tx.began, frozenset(row_id for row_id, _ in set(mine) - set(gone)), lost + gone)


def _let_go(held: HeldRows, lost: Pairs) -> Pairs:
    """Let go of what another process has taken; it stays so, whatever becomes of the transaction."""
    gone = [pair for pair in lost if held.get(pair[0]) == pair[1]]
    for row_id, _ in gone:
        held.pop(row_id, None)
    return gone
