"""Group commit: the one writer of a process commits what queued during the last fsync."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import groupby
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog

from bot.runtime.write_queue import Priority, WriteQueue
from store.cases.case import CaseChanged
from store.engine.database import Database, broken, crossed, cut_off
from store.engine.transaction import Transaction

log = structlog.get_logger("writer")

P = ParamSpec("P")
Result = TypeVar("Result")
BatchWork = Callable[[Transaction, Sequence[Any]], Sequence[Any]]
"""Does something with items in a transaction; one result an item, in order.

Fewer results than items, once ``Writer.pressed``: the others come again in a later transaction. None at all where
another process is at the same, unless nothing was written before.
"""

TOGETHER = 200
"""Items a transaction at most: by then nothing is left of an fsync's cost to be shared."""
AT_ONCE = 16
"""Items between two looks at the clock."""
ENOUGH = 0.1
"""Seconds after which a transaction takes no more: what is done in it waits for its end, and no longer than that."""
ENOUGH_FOR_URGENT = 0.017
"""Likewise while something urgent waits, or is done already (a ``250``, an ack of Slack's): it stays under 25 ms."""
AGAIN = 8
"""Times that work is done because another process changed the case, or wrote the same, in between.

A process that comes second has waited for the first one's commit, and then the chances are even: of three that
write to one case all the time, one lost three times in a row every few seconds.
"""


def overtaken(error: BaseException) -> bool:
    """Was another process there first? That is no fault of what was to be done."""
    return isinstance(error, CaseChanged) or crossed(error)


class WriterGone(Exception):
    """The writer has left, or died of a disk failure: nothing more is written, and the process stops."""


@dataclass(frozen=True, slots=True)
class Job:
    """One item of work and where its result goes."""

    work: BatchWork
    item: Any
    future: Future[Any]
    large: bool = False
    """It makes many bytes: it closes the transaction, so that a group of its kind is not in memory at once."""
    priority: Priority = Priority.USUAL


class Writer:
    """Writes items in groups; if a group fails, they are written one by one and only the culprit fails."""

    name = "writer"
    while_held = True
    restarts = False
    """After a failed fsync nothing that this process holds can be trusted."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._jobs: WriteQueue[Job] = WriteQueue()
        self._ended = self._hurried = False
        self._begun = 0.0
        """When the present transaction was begun; ``_hurried``: something urgent was done in it."""
        self._gate = Lock()
        """Held while an item is queued, and while the writer ends: none is queued that nobody will take."""

    def put(self, work: BatchWork, item: Any, *, large: bool = False, urgent: bool = False) -> Future[Any]:
        """Queue an item; the future has its result or error once it is durable.

        ``large``: as in ``Job``; ``urgent``: whoever asked for it waits for seconds only.
        """
        return self._put(work, item, large, Priority.URGENT if urgent else Priority.USUAL)

    def put_done(self, work: BatchWork, item: Any) -> Future[Any]:
        """As ``put``, for what was done already outside, and would be done again after a crash."""
        return self._put(work, item, False, Priority.DONE)

    def _put(self, work: BatchWork, item: Any, large: bool, priority: Priority) -> Future[Any]:
        future: Future[Any] = Future()
        with self._gate:
            if not self._ended:
                self._jobs.put(Job(work, item, future, large, priority))
                return future
        future.set_exception(WriterGone())
        return future

    def write(
        self, work: Callable[Concatenate[Transaction, P], Result], *about: P.args, **named: P.kwargs
    ) -> Result:
        """Write one item, wait until it is durable and return its result. Raises its error."""
        result: Result = self.put(_single(work, *about, **named), None).result()
        return result

    def write_urgent(
        self, work: Callable[Concatenate[Transaction, P], Result], *about: P.args, **named: P.kwargs
    ) -> Result:
        """As ``write``, but before all that is not urgent."""
        result: Result = self.put(_single(work, *about, **named), None, urgent=True).result()
        return result

    def waiting(self) -> int:
        """How many items wait."""
        return len(self._jobs)

    def run(self) -> None:
        """Write until ``leave``, including everything queued before it."""
        jobs: list[Job] = []
        try:
            while jobs := self._jobs.take(TOGETHER):
                self._write(wanted(jobs))
                jobs = []  # what was written is not held in memory until something else comes
        finally:
            self._end(jobs)

    def _end(self, jobs: list[Job]) -> None:
        """Take nothing more, and fail these and all that wait: they will never be written."""
        with self._gate:
            self._ended = True
        for job in (*jobs, *self._jobs.clear()):
            if not job.future.done():
                job.future.set_exception(WriterGone())

    def leave(self) -> None:
        """Stop once everything queued so far is written."""
        self._jobs.close()

    def _write(self, jobs: list[Job]) -> None:
        """Write those for which there is time; the others stand first in the queue again."""
        if not jobs:
            return
        try:
            results = self._together(jobs)
        except Exception as error:
            if broken(error):
                raise  # after a failed write to the disk nothing that we hold can be trusted
            if len(jobs) > 1:
                log.info("batch rolled back, writing one by one", items=len(jobs), error=type(error).__name__)
            for job in jobs:
                self._alone(job)
            return
        self._jobs.give_back(jobs[len(results) :])
        for job, result in zip(jobs, results, strict=False):
            job.future.set_result(result)

    def _together(self, jobs: Sequence[Job]) -> list[Any]:
        """Write as many items as there is time for, in order, at least one; returns their results."""
        results: list[Any] = []
        self._begun, self._hurried = time.monotonic(), any(job.priority is Priority.URGENT for job in jobs)
        with self._database.writing(brief=True) as tx:
            for work, items, last in _portions(jobs):
                done = work(tx, items)
                results += done
                if last or len(done) < len(items) or self.pressed():
                    break
        return results

    def pressed(self) -> bool:
        """Has the present transaction done enough? Asked within it: somebody waits for its end."""
        enough = ENOUGH_FOR_URGENT if self._hurried or self._jobs.urgent else ENOUGH
        return time.monotonic() > self._begun + enough

    def _alone(self, job: Job) -> None:
        for attempt in range(AGAIN):
            try:
                job.future.set_result(self._together([job])[0])
                return
            except Exception as error:
                if attempt < AGAIN - 1 and (overtaken(error) or (attempt == 0 and cut_off(error))):
                    continue
                job.future.set_exception(error)
                if broken(error):
                    raise
                return


def _single(
    work: Callable[Concatenate[Transaction, P], Result], *about: P.args, **named: P.kwargs
) -> BatchWork:
    """Work on nothing but its arguments, as one item."""
    return lambda tx, _: [work(tx, *about, **named)]


def wanted(jobs: Iterable[Job]) -> list[Job]:
    """The jobs whose results somebody still waits for; from now on they cannot be cancelled."""
    return [job for job in jobs if job.future.running() or job.future.set_running_or_notify_cancel()]


def _portions(jobs: Sequence[Job]) -> Iterator[tuple[BatchWork, list[Any], bool]]:
    """Neighbouring items of the same kind in small groups; a large one ends its group."""
    for (work, large), group in groupby(jobs, key=lambda job: (job.work, job.large)):
        items, most = [job.item for job in group], 1 if large else AT_ONCE
        yield from ((work, items[at : at + most], large) for at in range(0, len(items), most))
