"""Sole holders: keeps the names that this process alone holds, and says when one is another's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import structlog

from bot.runtime.group_commit import Writer
from store import sole_holder
from store.engine.clock import Instant, since
from store.engine.lease import LEASE
from store.engine.transaction import Transaction

log = structlog.get_logger("sole holders")
EVERY = LEASE.total_seconds() / 4
"""Seconds between two renewals."""
SURE = LEASE.total_seconds() * 0.75
"""Seconds after a renewal for which nobody else can have taken it."""


class SoleHolders:
    """A ``bot.channel.sole.SoleHolding`` in the store, and the worker that renews what it holds."""

    name = "sole holders"

    def __init__(self, writer: Writer, *, now: Callable[[], datetime]) -> None:
        self._writer = writer
        self._now = now
        self._me = uuid4().hex
        self._held: dict[str, tuple[Instant, Callable[[], None]]] = {}
        self._leaving = threading.Event()

    def take(self, name: str, lost: Callable[[], None]) -> bool:
        """Take a name, or renew it; False while another process has it, and while the store does not answer."""
        try:
            began = self._writer.write_urgent(self._take, name)
        except Exception as error:
            log.warning("not known who holds it", held=name, error=type(error).__name__)
            return False
        if began is None:
            return False
        self._held[name] = began, lost
        return True

    def _take(self, tx: Transaction, name: str) -> Instant | None:
        return tx.began if sole_holder.take(tx, name, self._me, now=self._now()) else None

    def holds(self, name: str) -> bool:
        """Was it renewed so lately that nobody else can have it?"""
        held = self._held.get(name)
        return held is not None and since(held[0]) < SURE

    def release(self, name: str) -> None:
        """Give it back; if that fails, its lease expires."""
        if self._held.pop(name, None) is None:
            return
        try:
            self._writer.write_urgent(sole_holder.release, name, self._me)
        except Exception as error:
            log.warning("not given back", held=name, error=type(error).__name__)

    def run(self) -> None:
        """Renew until ``leave``."""
        while not self._leaving.wait(EVERY):
            for name, (_, lost) in list(self._held.items()):
                if not self.take(name, lost) and not self.holds(name):
                    self._held.pop(name, None)
                    log.warning("another process has taken over", held=name)
                    lost()

    def leave(self) -> None:
        """Stop; whoever holds something has given it back by now."""
        self._leaving.set()
