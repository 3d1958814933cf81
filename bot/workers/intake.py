"""Intake: kept messages are read, judged and handled; three failures shunt one."""

from __future__ import annotations

import hashlib
import threading
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Any

import structlog

from bot.channel.classification import DMARC_REPORT
from bot.channel.protocols import Channel, Context, Inbound, Letter, Unreadable
from bot.desk.desk import Desk
from bot.inbound.pipeline import Pipeline
from bot.inbound.route import Aside
from bot.model.outcome import Outcome
from bot.runtime.containment import note
from bot.runtime.group_commit import Writer, overtaken
from bot.runtime.metrics import DMARC_REPORTS, EFFECT, HANDLED
from store.engine.database import Database, refused
from store.engine.transaction import Transaction
from store.files.place import FileStorage
from store.queues import inbox
from store.queues.inbox import InboxOutcome, Incoming

log = structlog.get_logger("intake")

BATCH = 100
GATHER = 0.01
"""Seconds to wait for company while messages come in company: fewer, larger batches cost less."""
FEW = 5
"""Messages in a batch; after more than these the next one waits for company."""
ALONE = 3
"""Times a message may be taken up in company; after that it is read alone."""
UNDER_WAY = 200
"""Messages that may be read and not yet handled."""
LARGE = 1 << 20
"""Bytes of files from which a message's notices are large too."""
IN_MEMORY = 32 << 20
"""Bytes of waiting messages that are held in memory; the rest is read from the store again."""


class LeaseLost(Exception):
    """Another process has taken the message over; this transaction is rolled back."""


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message and its reading, on the way to the desk."""

    row: Incoming
    letter: Letter
    message: Inbound


class Intake:
    """Handles one channel's messages in the order they came: a slow channel delays no other."""

    def __init__(
        self,
        desk: Desk,
        database: Database,
        writer: Writer,
        *,
        files: FileStorage,
        pipeline: Pipeline,
        channel: Channel,
    ) -> None:
        self.name = f"intake-{channel.name}"
        self._desk = desk
        self._database = database
        self._writer = writer
        self._files = files
        self._pipeline = pipeline
        self._channel = channel
        self._urgent = channel.traits.prompt
        """In the order of what the same people ask for in other ways, which is urgent, too."""
        self._limits = desk.config.limits
        self._queue: SimpleQueue[Incoming | None] = SimpleQueue()
        self._under_way = threading.BoundedSemaphore(UNDER_WAY)
        self._left = self._busy = False
        self._lock = threading.Lock()
        self._bytes = 0
        self.held: dict[int, int] = {}
        """Ids and fences of the messages in this process's hands."""

    # taken up

    def take(self, row: Incoming) -> None:
        """Take a message into this process's hands; its lease is renewed until it is settled."""
        self.held[row.id] = row.fence
        if not self._carry(len(row.raw or b"")):
            row = replace(row, raw=None)
        self._queue.put(row)

    def _carry(self, size: int) -> bool:
        """Reserve bytes of memory, or (negative) give them back; False if there are not enough."""
        with self._lock:
            if self._bytes + size > IN_MEMORY:
                return False
            self._bytes += size
            return True

    def run(self) -> None:
        """Handle messages in batches until ``leave``."""
        while (rows := self._next()) is not None:
            for company in _companies(rows):
                try:
                    self._read(company)
                except Exception as error:
                    note(log, "a batch could not be read", error, part="message", messages=len(company))
                    alone = len(company) == 1 and company[0].attempts > ALONE and not refused(error)
                    for row in company:
                        self._put_off(row, f"not read: {_place(error)}", strike=alone)

    def leave(self) -> None:
        """Finish the batch in progress; what still waits is taken up by the next process."""
        self._left = True
        self._queue.put(None)

    def _next(self) -> list[Incoming] | None:
        rows = [self._queue.get()]
        if self._busy:
            time.sleep(GATHER)
        while len(rows) < BATCH:
            try:
                rows.append(self._queue.get_nowait())
            except Empty:
                break
        self._busy = len(rows) > FEW
        taken = [row for row in rows if row is not None]
        self._carry(-sum(len(row.raw or b"") for row in taken))
        return None if self._left else taken

    # read

    def _read(self, rows: Sequence[Incoming]) -> None:
        rows = [
            row for row in rows if self.held.get(row.id) == row.fence
        ]  # else another process took it over
        letters = [
            Letter(row.id, row.source, row.key, self._raw(row), row.envelope, row.received_at) for row in rows
        ]
        results = self._channel.read(letters, self._contexts(letters))
        for row, letter, result in zip(rows, letters, results, strict=True):
            if isinstance(result, Unreadable):
                if result.error:
                    note(log, "a message could not be read", result.error, part="message", inbox=row.id)
                why, struck = f"unreadable: {result.why}", result.fault == "message"
                self._put_off(row, why, strike=struck, after=result.after)
            else:
                self._handle(ReadMessage(replace(row, raw=None), replace(letter, raw=b""), result))

    def _raw(self, row: Incoming) -> bytes:
        if row.raw is not None:
            return row.raw
        if row.file is not None:
            return self._files.read(row.file)
        with self._database.reading() as tx:
            return inbox.raw_of(tx, row.id)

    def _contexts(self, letters: Sequence[Letter]) -> list[Context]:
        anchors = {
            letter.id: [
                anchor for anchor in self._channel.anchors(letter) if anchor.kind in ("token", "ours", "id")
            ]
            for letter in letters
        }
        if not any(anchors.values()):
            return [Context()] * len(letters)
        with self._database.reading() as tx:
            contexts = self._pipeline.contexts(tx, anchors, now=self._desk.now())
        return [contexts[letter.id] for letter in letters]

    # handled

    def _handle(self, read: ReadMessage) -> None:
        self._under_way.acquire()
        large = sum(file.size for file in read.message.attachments) > LARGE
        self._writer.put(self._act, read, large=large, urgent=self._urgent).add_done_callback(
            lambda done: self._handled(read, done)
        )

    def _act(
        self, tx: Transaction, reads: Sequence[ReadMessage]
    ) -> list[tuple[InboxOutcome, Outcome | None]]:
        if not self._pipeline.expect(tx, [read.message for read in reads]):
            return []
        done = []
        for read in reads:
            done.append(self._act_on(tx, read))
            if self._writer.pressed():
                break
        if not inbox.settle(tx, [settled for settled, _ in done]):
            raise LeaseLost
        return done

    def _act_on(self, tx: Transaction, read: ReadMessage) -> tuple[InboxOutcome, Outcome | None]:
        asked = self._pipeline.judge(tx, read.letter, read.message, now=self._desk.now())
        if isinstance(asked, Aside):
            return InboxOutcome(read.row, "aside", asked.reason, asked.case), None
        again = self._desk.repeated(tx, asked) if read.row.attempts > 1 else None
        outcome = again or self._desk.perform(tx, asked)
        return InboxOutcome(read.row, "done", case_id=outcome.case), outcome

    def _handled(self, read: ReadMessage, done: Future[tuple[InboxOutcome, Outcome | None]]) -> None:
        self._under_way.release()
        error = done.exception()
        if error is None:
            settled, outcome = done.result()
            self._let_go(read.row)
            HANDLED.labels(read.row.source, settled.outcome).inc()
            DMARC_REPORTS.inc(settled.reason == DMARC_REPORT)
            EFFECT.observe((datetime.now(UTC) - read.row.received_at).total_seconds())
            if outcome:
                self._desk.hand_over(outcome.posted)
        elif isinstance(error, LeaseLost):
            self._let_go(read.row)
        else:
            self._fail(read.row, error)

    def _fail(self, row: Incoming, error: BaseException) -> None:
        """Put it off; the fault is its own unless the store took nothing, or another process was first."""
        where = _place(error)
        if refused(error) and not overtaken(error):
            log.warning("a message waits: the store took nothing", inbox=row.id, error=where)
            self._put_off(row, f"not handled: {where}", strike=False)
        else:
            note(log, "a message could not be handled", error, part="message", inbox=row.id, where=where)
            self._put_off(row, f"not handled: {where}", strike=not overtaken(error))

    def _let_go(self, row: Incoming) -> None:
        """Release a message from this process, unless it was claimed anew meanwhile."""
        if self.held.get(row.id) == row.fence:
            del self.held[row.id]

    # put off, and shunted in the end

    def _put_off(self, row: Incoming, reason: str, *, strike: bool, after: float = 5.0) -> None:
        def done(future: Future[Any]) -> None:
            self._let_go(row)
            if future.exception() is not None:
                log.warning("retry not recorded", inbox=row.id)  # its lease runs out by itself

        putting_off = self._writer.put(self._strike, (row, reason, strike, after), urgent=self._urgent)
        putting_off.add_done_callback(done)

    def _strike(self, tx: Transaction, rows: Sequence[tuple[Incoming, str, bool, float]]) -> list[None]:
        for row, reason, strike, after in rows:
            strikes = row.strikes + strike
            if strikes >= self._limits.strikes:
                inbox.settle(tx, [InboxOutcome(row, "shunted", reason)])
                HANDLED.labels(row.source, "shunted").inc()
                log.error("message shunted: kept, and ready to be requeued", inbox=row.id, reason=reason)
            else:
                wait = timedelta(seconds=2**row.strikes if strike else after)
                inbox.put_off(tx, row, until=self._desk.now() + wait, reason=reason, strike=strike)
        return [None] * len(rows)


def _companies(rows: Sequence[Incoming]) -> list[list[Incoming]]:
    """Groups of messages to read together, in order; large or often tried ones are read alone."""
    companies: list[list[Incoming]] = []
    together = False
    for row in rows:
        alone = row.attempts > ALONE or row.file is not None
        if alone or not together:
            companies.append([])
        companies[-1].append(row)
        together = not alone
    return companies


def _place(error: BaseException) -> str:
    """Where an error happened, without anybody's words: type, innermost line, hash of the trace."""
    frames = traceback.extract_tb(error.__traceback__)
    trace = "".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
    last = frames[-1] if frames else None
    where = f"{last.name}:{last.lineno}" if last else "nowhere"
    return f"{type(error).__name__} in {where} [{hashlib.sha256(trace.encode()).hexdigest()[:8]}]"
