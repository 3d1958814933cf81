"""Acceptance: a message is durable before its door says so."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from errno import ENOSPC
from functools import partial
from typing import Any

import structlog

from bot.channel.protocols import Kept
from bot.config.load import Config
from bot.model.errors import Busy, NoRoom
from bot.runtime.group_commit import Writer
from bot.runtime.metrics import ACCEPTED
from store import schema
from store.engine.database import Database, DatabaseFull
from store.engine.lease import LEASE
from store.engine.transaction import Transaction
from store.files.place import FileStorage
from store.queues import inbox
from store.queues.inbox import IN_DATABASE, DoorMessage, Incoming

log = structlog.get_logger("house")


class PendingMessage:
    """A message that is not durable yet; its bytes are let go of when its door stops waiting."""

    def __init__(self, message: DoorMessage) -> None:
        self.message: DoorMessage | None = message

    def drop_if_cancelled(self, answer: Future[Kept]) -> None:
        """Let the message go if its door has stopped waiting."""
        if answer.cancelled():
            self.drop()

    def drop(self) -> None:
        """Let the message go: what stands in a queue still holds none of its bytes."""
        self.message = None


class StoreBacklog:
    """How many messages wait in the store, in a process whose doors' messages others handle."""

    def __init__(self, database: Database, most: int) -> None:
        """``most``: up to so many are counted."""
        self._database = database
        self._most = most
        self.waiting = 0

    def count(self) -> None:
        """Count anew. Raises ``SchemaMismatch`` if the schema is newer than we are."""
        with self._database.reading() as tx:
            schema.require(tx)
            self.waiting = inbox.backlog(tx, self._most)


class Acceptance:
    """Keeps messages for the doors, and hands what is kept to ``take``.

    ``in_hand`` says how much of a source's messages is kept and waits to be handled; ``urgent``, whether those who
    hand us a source's wait for seconds only (``Traits.prompt``).
    """

    def __init__(
        self,
        config: Config,
        writer: Writer,
        files: FileStorage,
        *,
        take: Callable[[Incoming], None],
        in_hand: Callable[[str], int],
        urgent: Callable[[str], bool],
        now: Callable[[], datetime],
        lease: timedelta = LEASE,
    ) -> None:
        """``lease``: zero if what is kept is for any worker, not for this process."""
        self._lease = lease
        self._backlog = config.limits.backlog
        self._min_free = config.store.min_free
        self._writer = writer
        self._files = files
        self._take = take
        self._in_hand = in_hand
        self._urgent = urgent
        self._now = now
        self._quiet_until = 0.0
        self._large = ThreadPoolExecutor(2, thread_name_prefix="large")
        self._large_waiting = 0
        """Large messages that wait for the file store."""
        self._lock = threading.Lock()

    def keep(self, source: str, key: str, raw: bytes, envelope: Mapping[str, Any]) -> Future[Kept]:
        """The durable accept that doors are handed (``bot.channel.protocols.KeepInInbox``)."""
        answer: Future[Kept] = Future()
        try:
            self._room_for(source, len(raw))
        except (Busy, NoRoom) as refusal:
            ACCEPTED.labels(source, "refused").inc()
            _tell(answer, refusal)
            return answer
        pending = PendingMessage(DoorMessage(source, key, raw, None, len(raw), envelope, self._now()))
        if len(raw) > IN_DATABASE:
            self._put_large(pending, answer)
        else:
            self._put(pending, answer)
        return answer

    def _room_for(self, source: str, size: int) -> None:
        unwritten = self._writer.waiting() + self._large_waiting
        if self._in_hand(source) + unwritten >= self._backlog:
            raise Busy("The desk is behind with its mail. Please try again in a few minutes.")
        if self._files.free() < self._min_free + size:
            self._say_full("the disk is nearly full (store.min_free)")
            raise NoRoom("There is no room to keep your message just now. Please try again later.")

    def _say_full(self, why: str) -> None:
        """Log once a minute that the disk is full: senders try again and again."""
        if (now := time.monotonic()) >= self._quiet_until:
            self._quiet_until = now + 60
            log.warning("mail is refused for now, senders are asked to come back", why=why)

    def _put_large(self, pending: PendingMessage, answer: Future[Kept]) -> None:
        self._count_large(1)
        answer.add_done_callback(pending.drop_if_cancelled)
        self._large.submit(self._keep_large, pending, answer)

    def _count_large(self, more: int) -> None:
        with self._lock:
            self._large_waiting += more

    def _keep_large(self, pending: PendingMessage, answer: Future[Kept]) -> None:
        try:
            message = pending.message
            if message is None or message.raw is None:
                return
            digest, _ = self._files.put([message.raw])
        except OSError as error:
            if full := error.errno == ENOSPC:
                self._say_full("the disk is full")
            _tell(answer, NoRoom(str(error.strerror)) if full else error)
        else:
            stored = PendingMessage(replace(message, raw=None, file=digest))
            pending.drop()  # the file store has its bytes
            self._put(stored, answer)
        finally:
            self._count_large(-1)

    def _put(self, pending: PendingMessage, answer: Future[Kept]) -> None:
        """Have the writer keep a message; once its door has stopped waiting, only if that has begun.

        The job holds the answer; the other way it is a weak reference (the writer has the job as long as it can be
        cancelled), else both would stay, with the message, until the garbage collector comes by.
        """
        urgent = pending.message is not None and self._urgent(pending.message.source)
        job = self._writer.put(self._accepted, pending, urgent=urgent)
        waiting = weakref.ref(job)

        def give_up(answer: Future[Kept]) -> None:
            if answer.cancelled() and (queued := waiting()) and queued.cancel():
                pending.drop()

        job.add_done_callback(partial(self._settle, pending, answer))
        answer.add_done_callback(give_up)

    def _settle(
        self, pending: PendingMessage, answer: Future[Kept], done: Future[tuple[int, Incoming | None]]
    ) -> None:
        if done.cancelled() or pending.message is None:
            return
        source, error = pending.message.source, done.exception()
        if error is not None:
            ACCEPTED.labels(source, "refused").inc()
            if full := isinstance(error, DatabaseFull):
                self._say_full("the database is full")
            _tell(answer, NoRoom("The disk is full.") if full else error)
            return
        inbox_id, row = done.result()
        ACCEPTED.labels(source, "kept" if row else "duplicate").inc()
        if row is not None:
            self._take(row)
        _tell(answer, Kept(inbox_id, duplicate=row is None))

    def _accepted(
        self, tx: Transaction, pending: Sequence[PendingMessage]
    ) -> list[tuple[int, Incoming | None]]:
        arrivals = [
            each.message for each in pending if each.message
        ]  # all: only what is cancelled is dropped
        return inbox.accept(tx, arrivals, lease=self._lease)

    def close(self) -> None:
        """Finish the writes to the file store."""
        self._large.shutdown()


def _tell(answer: Future[Kept], result: Kept | BaseException) -> None:
    """Give a door its result, unless it has stopped waiting."""
    if not answer.set_running_or_notify_cancel():
        return
    if isinstance(result, Kept):
        answer.set_result(result)
    else:
        answer.set_exception(result)
