"""Upkeep: what an erasure leaves to do on the disk, beside the work of the desk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.runtime.group_commit import Writer
from store.engine.database import Database
from store.erasure import disk
from store.files.blobs import FileStore
from store.queues import erasure_task
from store.queues.erasure_task import BYTES

log = structlog.get_logger("upkeep")
EVERY = 2.0
"""Seconds between two looks."""
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
            tasks = erasure_task.waiting(tx)
        if not tasks:
            return True
        self._writer.write(disk.delete_files, self._files, now=self._now())
        freed = [task.id for task in tasks if task.sha256 == BYTES]
        if freed and self._overwritten():
            self._writer.write(erasure_task.done, freed)
        with self._database.reading() as tx:
            return not erasure_task.waiting(tx, 1)

    def _overwritten(self) -> bool:
        while self._writer.write(disk.merge_search):
            pass
        return disk.overwrite(self._database)


class Upkeep:
    """Looks every other second for something to do."""

    name = "upkeep"

    def __init__(self, erasing: Erasing) -> None:
        self._erasing = erasing
        self._leaving = threading.Event()

    def run(self) -> None:
        """Look until ``leave``."""
        wait = 0.0
        while not self._leaving.wait(wait):
            wait = EVERY
            try:
                self._erasing.once()
            except Exception as error:
                wait = REST
                log.warning("upkeep failed", error=type(error).__name__)

    def leave(self) -> None:
        """Stop after the batch in progress."""
        self._leaving.set()
