"""Upkeep: what erasures leave to do on the disk, what is kept no longer, and unused memory."""

from __future__ import annotations

import threading
import time

import structlog

from bot.privacy.disk_tasks import DiskTasks
from bot.privacy.retention import Retention
from bot.runtime.containment import note
from bot.runtime.unused_memory import UnusedMemory

log = structlog.get_logger("upkeep")
EVERY = 2.0
"""Seconds between two looks."""
BETWEEN = 0.1
"""Seconds between two batches, in which the desk's own work is done."""
REST = 60.0
"""Seconds until it looks again after a failure."""


class Upkeep:
    """Looks for something to do: first for what is no longer kept, which leaves work on the disk."""

    name = "upkeep"

    def __init__(self, disk: DiskTasks, retention: Retention) -> None:
        self._disk = disk
        self._retention = retention
        self._memory = UnusedMemory()
        self._leaving = threading.Event()

    def run(self) -> None:
        """Look until ``leave``."""
        wait = 0.0
        while not self._leaving.wait(wait):
            try:
                wait = BETWEEN
                if not self._retention.look():
                    wait = EVERY
                    self._disk.once()
                    self._memory.look(time.monotonic(), time.process_time())
            except Exception as error:
                wait = REST
                note(log, "upkeep failed", error, part="round")

    def leave(self) -> None:
        """Stop after the batch in progress."""
        self._leaving.set()
