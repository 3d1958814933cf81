"""Hold watch: on a restored desk only the monitor works until an operator releases it."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import structlog

from bot.channel.protocols import WhileHeld, Worker
from bot.languages.locale_formats import moment
from bot.runtime.containment import note
from store.engine.database import Database
from store.hold import DeskHold, read

log = structlog.get_logger("hold")
EVERY = 1.0
"""Seconds between two looks."""


def sentence(hold: DeskHold) -> str:
    """What an operator reads of a held desk."""
    return (
        f"the desk is held: it was restored on {moment(hold.restored_at, 'en')} from a backup of"
        f" {moment(hold.backed_up_at, 'en')}. Nothing is sent, fetched or taken in; `casebot release` opens it"
    )


def hold_of(database: Database) -> DeskHold | None:
    """The hold of a store, or None if it is free."""
    with database.reading() as tx:
        return read(tx)


class HoldWatch:
    """Looks every second whether the hold is over, and lets all others begin once it is.

    A store is held before any process can open it, and never again after it was released: so it is enough to look
    when the desk is opened.
    """

    name = "hold"

    def __init__(self, database: Database, hold: DeskHold) -> None:
        self._database = database
        self._hold = hold
        self._over = threading.Event()
        self._leaving = threading.Event()

    def fault(self) -> str:
        """For ``/readyz``: that the desk is held, or ``""``."""
        return "" if self._over.is_set() else sentence(self._hold)

    def over(self) -> bool:
        """Wait for the release; False if the process leaves before."""
        while not self._over.wait(EVERY / 4):
            if self._leaving.is_set():
                return False
        return True

    def run(self) -> None:
        """Look until the desk is released, or ``leave``; then wait for that."""
        log.warning(sentence(self._hold))
        while not self._leaving.wait(EVERY):
            if self._released():
                log.info("the desk was released: it opens")
                self._over.set()
                break
        self._leaving.wait()

    def _released(self) -> bool:
        try:
            return hold_of(self._database) is None
        except Exception as error:
            note(log, "round failed", error, part="round")
            return False

    def leave(self) -> None:
        """Stop."""
        self._leaving.set()


class HeldWorker:
    """A worker that begins once the desk is released."""

    def __init__(self, worker: Worker, watch: HoldWatch) -> None:
        self.name = worker.name
        self._worker = worker
        self._watch = watch
        self._begun = self._left = False
        self._lock = threading.Lock()

    def run(self) -> None:
        """Wait for the release, then run."""
        if not self._watch.over():
            return
        with self._lock:
            self._begun = not self._left
        if self._begun:
            self._worker.run()

    def leave(self) -> None:
        """Have the worker leave, if it has begun."""
        with self._lock:
            self._left = True
        self._watch.leave()
        if self._begun:
            self._worker.leave()


def held(workers: Iterable[Worker], watch: HoldWatch) -> list[Worker]:
    """The workers of a held desk: all wait, but the watch and those that take nothing in."""
    waiting = [
        worker if isinstance(worker, WhileHeld) and worker.while_held else HeldWorker(worker, watch)
        for worker in workers
    ]
    return [watch, *waiting]
