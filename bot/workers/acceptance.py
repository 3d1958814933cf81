"""Acceptance: a message is durable before its door says so."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from errno import ENOSPC
from typing import Any

import structlog

from bot.channel.protocols import Kept
from bot.config.load import Config
from bot.model.errors import Busy, NoRoom
from bot.runtime.group_commit import Writer
from bot.runtime.metrics import ACCEPTED
from store.engine.database import DatabaseFull
from store.engine.lease import LEASE
from store.engine.transaction import Transaction
from store.files.blobs import FileStore
from store.queues import inbox
from store.queues.inbox import IN_DATABASE, DoorMessage, Incoming

log = structlog.get_logger("house")


class Acceptance:
    """Keeps messages for the doors, and hands what is kept to ``take``.

    ``in_hand`` says how much of a source's messages wait.
    """

    def __init__(
        self,
        config: Config,
        writer: Writer,
        files: FileStore,
        *,
        take: Callable[[Incoming], None],
        in_hand: Callable[[str], int],
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
        self._now = now
        self._quiet_until = 0.0
        self._large = ThreadPoolExecutor(2, thread_name_prefix="large")

    def keep(self, source: str, key: str, raw: bytes, envelope: Mapping[str, Any]) -> Future[Kept]:
        """The durable accept that doors are handed (``bot.channel.protocols.Keep``)."""
        answer: Future[Kept] = Future()
        try:
            self._room_for(source, len(raw))
        except (Busy, NoRoom) as refusal:
            _tell(answer, refusal)
            return answer
        if len(raw) > IN_DATABASE:
            self._large.submit(self._keep_large, answer, source, key, raw=raw, envelope=envelope)
        else:
            self._accept(answer, DoorMessage(source, key, raw, None, len(raw), envelope, self._now()))
        return answer

    def _room_for(self, source: str, size: int) -> None:
        if self._in_hand(source) >= self._backlog:
            raise Busy("The desk is behind with its mail. Please try again in a few minutes.")
        if self._files.free() < self._min_free + size:
            self._say_full("the disk is nearly full (store.min_free)")
            raise NoRoom("There is no room to keep your message just now. Please try again later.")

    def _say_full(self, why: str) -> None:
        """Log once a minute that the disk is full: senders try again and again."""
        if (now := time.monotonic()) >= self._quiet_until:
            self._quiet_until = now + 60
            log.warning("mail is refused for now, senders are asked to come back", why=why)

    def _keep_large(
        self, answer: Future[Kept], source: str, key: str, *, raw: bytes, envelope: Mapping[str, Any]
    ) -> None:
        try:
            digest, size = self._files.put([raw])
        except OSError as error:
            if full := error.errno == ENOSPC:
                self._say_full("the disk is full")
            _tell(answer, NoRoom(str(error.strerror)) if full else error)
            return
        self._accept(answer, DoorMessage(source, key, None, digest, size, envelope, self._now()))

    def _accept(self, answer: Future[Kept], arrival: DoorMessage) -> None:
        def settle(done: Future[tuple[int, Incoming | None]]) -> None:
            error = done.exception()
            if error is not None:
                ACCEPTED.labels(arrival.source, "refused").inc()
                if full := isinstance(error, DatabaseFull):
                    self._say_full("the database is full")
                _tell(answer, NoRoom("The disk is full.") if full else error)
                return
            inbox_id, row = done.result()
            ACCEPTED.labels(arrival.source, "kept" if row else "duplicate").inc()
            if row is not None:
                self._take(row)
            _tell(answer, Kept(inbox_id, duplicate=row is None))

        self._writer.put(self._accepted, arrival).add_done_callback(settle)

    def _accepted(
        self, tx: Transaction, arrivals: Sequence[DoorMessage]
    ) -> list[tuple[int, Incoming | None]]:
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
