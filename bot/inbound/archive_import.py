"""Import of old mail: each message is kept once, as if it had come by a door."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channel.archive import Archive, ArchivePosition, Stored
from bot.channel.protocols import KeepInInbox, Kept
from bot.model.errors import NoRoom
from store.engine.transaction import Transaction
from store.queues import inbox
from store.queues.inbox import IN_DATABASE

AHEAD, AHEAD_BYTES = 80, 16 << 20
"""Messages, and their bytes, that may be on their way to the disk at once."""
REMEMBERED = 200
"""Messages between two notes of how far it is."""
OLD = timedelta(days=1)
"""From this age on, a message is old: it is nothing that somebody waits to be told of."""
PLACES = 20
"""Places of refused messages that are named; all are counted."""
WAITING = 1000
"""Messages that may wait to be worked off before the import waits too, as long as somebody works."""
COUNTED = 5000
"""As many waiting messages are counted."""
STANDSTILL = 3.0
"""Seconds without anything being worked off after which nobody is taken to work."""


@dataclass(frozen=True, slots=True)
class InboxBacklog:
    """The number of messages that wait in the inbox, counted up to ``most``."""

    most: int

    def answer(self, tx: Transaction) -> int:
        return inbox.backlog(tx, self.most)


@dataclass(slots=True)
class ArchiveImportCounts:
    """The results of an archive's import, counted."""

    kept: int = 0
    quiet: int = 0
    """Of those kept, how many are old, so that nobody is told."""
    duplicates: int = 0
    before: int = 0
    """Messages that an interrupted run had worked off already, passed over."""
    refused: Counter[str] = field(default_factory=Counter)
    """By the reason."""
    places: list[tuple[str, str]] = field(default_factory=list)
    """Where the first refused ones lie, and why each was refused."""
    stopped: str = ""
    """Why it did not get to the end; ``""`` if it did."""

    def refuse(self, place: str, why: str) -> None:
        """Count a message that could not be taken."""
        self.refused[why] += 1
        if len(self.places) < PLACES:
            self.places.append((place, why))


class Import:
    """One run over an archive. ``stop`` may be set at any time; what is in progress is finished."""

    def __init__(
        self,
        archive: Archive,
        source: str,
        *,
        keep: KeepInInbox,
        remember: Callable[[str, Mapping[str, Any] | None], Mapping[str, Any] | None],
        waiting: Callable[[], int],
        answer: bool = False,
    ) -> None:
        """``source``: the channel's name.

        ``waiting`` returns how many messages wait in the inbox. ``answer``: send notices about old mail too.
        """
        self._archive = archive
        self._source = source
        self._keep = keep
        self._remember = remember
        self._waiting = waiting
        self._answer = answer
        self._ahead: deque[tuple[Stored, Future[Kept] | None, bool]] = deque()
        self._bytes = 0
        self._behind = ArchivePosition()
        self._nobody = False
        self.stop = threading.Event()
        self.tally = ArchiveImportCounts()

    def run(self, shown: Callable[[int], None]) -> ArchiveImportCounts:
        """Import every message; ``shown`` is called with the progress, in the archive's own unit."""
        start = self._start()
        shown(start.done)
        try:
            for number, stored in enumerate(self._archive.messages(start), 1):
                self._hand_in(stored)
                # a large one goes another way to the disk: what follows waits, so that nothing is overtaken
                self._settle(down_to=0 if len(stored.raw) > IN_DATABASE else AHEAD)
                if self.stop.is_set() or self.tally.stopped:
                    break
                shown(self._behind.done)
                if number % REMEMBERED == 0:
                    self._pause()
            self._settle(down_to=0)
        except OSError as error:
            self.tally.stopped = f"the archive cannot be read on: {error.strerror or error}"
            self._settle(down_to=0)
        if self.stop.is_set():
            self.tally.stopped = self.tally.stopped or "you asked it to stop"
        self._note(ArchivePosition() if not self.tally.stopped else self._behind)
        shown(self._behind.done)
        return self.tally

    def _start(self) -> ArchivePosition:
        saved = self._remember(self._archive.name, None) if self._archive.name else None
        start = ArchivePosition(int(saved["done"]), int(saved["messages"])) if saved else ArchivePosition()
        start = self._archive.known(start)
        self.tally.before, self._behind = start.messages, start
        return start

    def _note(self, mark: ArchivePosition) -> None:
        if self._archive.name:
            self._remember(self._archive.name, mark._asdict())

    def _pause(self) -> None:
        """Save the position, and wait while the inbox has too long a backlog."""
        self._note(self._behind)
        if self._nobody:
            return
        last, since = self._waiting(), time.monotonic()
        while last > WAITING and not self._nobody and not self.stop.wait(0.1):
            now = self._waiting()
            if now < last:
                last, since = now, time.monotonic()
            self._nobody = time.monotonic() - since > STANDSTILL

    def _hand_in(self, stored: Stored) -> None:
        if stored.refused:
            self._ahead.append((stored, None, False))
            return
        old = stored.at is None or datetime.now(UTC) - stored.at > OLD
        quiet = old and not self._answer
        envelope = {**(stored.envelope or {}), **({"quiet": True} if quiet else {})}
        if stored.at is not None:
            envelope["arrived"] = min(stored.at, datetime.now(UTC)).isoformat()
        self._bytes += len(stored.raw)
        self._ahead.append((stored, self._keep(self._source, stored.key, stored.raw, envelope), quiet))

    def _settle(self, *, down_to: int) -> None:
        """Wait for the oldest messages until at most this many are in progress."""
        while self._ahead and (len(self._ahead) > down_to or self._bytes > AHEAD_BYTES):
            stored, future, quiet = self._ahead.popleft()
            self._bytes -= len(stored.raw)
            if future is None:
                self.tally.refuse(stored.place, stored.refused)
            elif not self._durable(stored, future, quiet):
                continue
            if not self.tally.stopped:
                self._behind = stored.mark

    def _durable(self, stored: Stored, future: Future[Kept], quiet: bool) -> bool:
        """Count a message whose outcome is known; False if it must be tried again another time."""
        try:
            result = future.result()
        except Exception as error:
            words = str(error) if isinstance(error, NoRoom) else type(error).__name__
            self.tally.stopped = self.tally.stopped or f"{stored.place} could not be kept: {words}"
            return False
        self.tally.kept += not result.duplicate
        self.tally.duplicates += result.duplicate
        self.tally.quiet += quiet and not result.duplicate
        return True
