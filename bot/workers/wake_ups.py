"""Wake-ups: what other processes leave for this one is taken up at once, and not with the next round."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Collection
from contextlib import closing, suppress

import structlog

from store.engine.announcement import Announcements
from store.engine.database import Database

log = structlog.get_logger("wake-ups")
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between two tries to listen, doubled each time. The usual rounds go on meanwhile."""


class WakeUps:
    """Listens on one connection of PostgreSQL, and again whenever that is lost."""

    name = "wake-ups"

    def __init__(self, database: Database, names: Collection[str], wake: Callable[[], None]) -> None:
        """``names``: the announcements that are listened for; ``wake``: has what waits looked for."""
        self._database = database
        self._names = names
        self._wake = wake
        self._leaving = threading.Event()
        self._ringer: socket.socket | None = None

    def run(self) -> None:
        """Listen until ``leave``."""
        pause = FIRST_PAUSE
        bell, self._ringer = socket.socketpair()
        with bell, self._ringer:
            while not self._leaving.is_set():
                try:
                    with closing(Announcements(self._database, self._names)) as announcements:
                        self._wake()  # for what was announced while nobody listened
                        pause = FIRST_PAUSE
                        self._listen(announcements, bell)
                except Exception as error:
                    log.warning(
                        "not listening: work of other processes is looked for every second",
                        error=type(error).__name__,
                        again_in=pause,
                    )
                    self._leaving.wait(pause)
                    pause = min(pause * 2, LONGEST_PAUSE)

    def _listen(self, announcements: Announcements, bell: socket.socket) -> None:
        while not self._leaving.is_set():
            if announcements.heard(bell):
                self._wake()

    def leave(self) -> None:
        """Return from ``run``."""
        self._leaving.set()
        if self._ringer is not None:
            with suppress(OSError):  # `run` is over already
                self._ringer.send(b"\0")
