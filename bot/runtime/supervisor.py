"""Start workers in order and restart those that crash."""

from __future__ import annotations

import faulthandler
import os
import threading
import time
from collections.abc import Callable, Sequence

import structlog

from bot.channel.capabilities import CannotListen, Opening
from bot.channel.protocols import Worker
from bot.runtime.containment import note
from store.revision import SchemaMismatch

log = structlog.get_logger("house")
PATIENCE = 45.0
"""Seconds that leaving may take before the process ends itself: more than its workers take in turn, twenty for
a message that is coming in (``smtp_in/server.py``), fifteen for one that goes out (``bot/workers/courier.py``,
``outbound/smtp_connection.py``)."""


FINAL = (CannotListen, SchemaMismatch)
"""Errors that end the process. Their text says what is wrong and what to do."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds until a worker that crashed is started again, doubled each time."""


class Supervisor:
    """Runs workers in named threads: what others depend on starts first, doors leave first."""

    def __init__(self, workers: Sequence[Worker]) -> None:
        self._workers = list(workers)
        self._closing = threading.Event()
        self._fallen: list[tuple[str, BaseException]] = []

    def run(self, opened: Callable[[], None] | None = None) -> int:
        """Run until ``close`` or until a worker cannot be started again; returns the process's exit code.

        ``opened`` is called, in a thread of its own, once every worker that is ``Opening`` answers.
        """
        threads = [(worker, self._start(worker)) for worker in self._workers]
        if opened:
            threading.Thread(target=self._await_doors, args=(opened,), name="greeting", daemon=True).start()
        self._closing.wait()
        watchdog = threading.Timer(PATIENCE, _end)
        watchdog.daemon = True
        watchdog.start()
        for worker, thread in reversed(threads):
            worker.leave()
            thread.join()
        watchdog.cancel()
        for name, error in self._fallen:
            text = f": {error}" if isinstance(error, FINAL) else ""
            log.error("stopped: a worker thread crashed", worker=name, error=f"{type(error).__name__}{text}")
        return 1 if self._fallen else 0

    def close(self) -> None:
        """Ask every worker to leave; safe in a signal handler."""
        self._closing.set()

    def _await_doors(self, opened: Callable[[], None]) -> None:
        for worker in self._workers:
            while isinstance(worker, Opening) and not worker.opened.wait(0.1):
                if self._closing.is_set():
                    return
        if not self._closing.is_set():
            opened()

    def _start(self, worker: Worker) -> threading.Thread:
        thread = threading.Thread(target=self._occupy, args=(worker,), name=worker.name, daemon=True)
        thread.start()
        return thread

    def _occupy(self, worker: Worker) -> None:
        """Run a worker until it leaves. After a crash it starts again, unless the process has to end."""
        pause = FIRST_PAUSE
        while not self._closing.is_set():
            began = time.monotonic()
            try:
                worker.run()
            except BaseException as error:
                final = isinstance(error, FINAL)
                if not final:
                    note(log, "worker thread crashed", error, part="worker", worker=worker.name)
                if final or self._closing.is_set() or not getattr(worker, "restarts", True):
                    self._fallen.append((worker.name, error))
                    break
                if began + LONGEST_PAUSE <= time.monotonic():
                    pause = FIRST_PAUSE
                self._closing.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                break
        self._closing.set()


def _end() -> None:
    log.error("leaving took too long; ending at once. Everything acknowledged is kept")
    faulthandler.dump_traceback()
    os._exit(1)
