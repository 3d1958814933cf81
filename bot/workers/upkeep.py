"""Upkeep: what erasures leave to do on the disk, and what is no longer kept, beside the desk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.privacy.retention import Retention
from bot.runtime.group_commit import Writer
from store.engine.database import Database
from store.erasure import disk
from store.files.blobs import FileStore
from store.queues import erasure_task

log = structlog.get_logger("upkeep")
EVERY = 2.0
"""Seconds between two looks."""
BETWEEN = 0.1
"""Seconds between two batches, in which the desk's own work is done."""
REST = 60.0
"""Seconds until it looks again after a failure."""


class Erasing:
    """Does the tasks of erasures; several processes may, and none is done in vain if one dies."""

    def __init__(
        self, database: Database, writer: Writer, files: FileStore, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._writer = writer
        self._files = files
        self._now = now

    def once(self) -> bool:
        """Do what can be done now; True if nothing is left."""
        with self._database.reading() as tx:
            tasks, freed = erasure_task.waiting(tx, 1), erasure_task.freed(tx)
        if not tasks:
            return True
        while self._writer.write(disk.delete_files, self._files, now=self._now()):
            pass
        if freed and self._overwritten():
            self._writer.write(erasure_task.done, freed)
        with self._database.reading() as tx:
            return not erasure_task.waiting(tx, 1)

    def _overwritten(self) -> bool:
        while self._writer.write(disk.merge_search):
            pass
        return disk.overwrite(self._database)


class Upkeep:
    """Looks for something to do: first for what is no longer kept, which leaves work on the disk."""

    name = "upkeep"

    def __init__(self, erasing: Erasing, retention: Retention) -> None:
        self._erasing = erasing
        self._retention = retention
        self._leaving = threading.Event()

    def run(self) -> None:
        """Look until ``leave``."""
        wait = 0.0
        while not self._leaving.wait(wait):
            try:
                wait = BETWEEN
                if not self._retention.look():
                    wait = EVERY
                    self._erasing.once()
            except Exception as error:
                wait = REST
                log.warning("upkeep failed", error=type(error).__name__)

    def leave(self) -> None:
        """Stop after the batch in progress."""
        self._leaving.set()
