"""Disk tasks: what erasures leave to do on the disk, done by whichever process comes to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.privacy.store_writer import StoreWriter
from store.engine.database import Database
from store.erasure import disk
from store.erasure.disk import BytesLeft
from store.files.place import FileStorage
from store.queues import erasure_task

PATIENCE = 60.0
"""Seconds in which readers of an older state must have come to an end, where somebody waits for it."""


class DiskTasks:
    """Does the tasks of erasures; several processes may, and none is done in vain if one dies."""

    def __init__(
        self,
        database: Database,
        writer: StoreWriter,
        files: FileStorage,
        now: Callable[[], datetime],
        *,
        alone: bool = False,
    ) -> None:
        """``alone``: nobody else has the store open."""
        self._database = database
        self._writer = writer
        self._files = files
        self._now = now
        self._alone = alone

    def once(self) -> bool:
        """Do what can be done now; True if nothing is left."""
        with self._database.reading() as tx:
            if not erasure_task.waiting(tx, 1):
                return True
        try:
            self.clean(rewrite=False, patience=0)
        except BytesLeft:
            return False
        with self._database.reading() as tx:
            return not erasure_task.waiting(tx, 1)

    def clean(self, *, rewrite: bool, patience: float = PATIENCE) -> None:
        """Delete the files that nothing names, and overwrite what was freed till now. Raises ``BytesLeft``."""
        with self._database.reading() as tx:
            freed = erasure_task.freed(tx)
        after = 1
        while after:
            after = self._writer.write(
                disk.delete_files, self._files, after=after, now=self._now(), alone=self._alone
            )
        while self._writer.write(disk.merge_search):
            pass
        disk.overwrite(self._database, rewrite=rewrite, patience=patience)
        self._writer.write(erasure_task.done, freed)
