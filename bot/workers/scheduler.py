"""The scheduler: due timers become commands, each with one effect."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.commands.house import Due
from bot.desk.desk import Desk
from bot.desk.handlers.timer_due import Overtaken
from bot.model.identity import CLOCK, Proof
from bot.model.request import Request
from bot.monitors.monitor import Monitor
from bot.runtime.containment import note
from bot.runtime.group_commit import Writer
from bot.workers.failing import backoff
from store.cases import timer
from store.cases.timer import Timer
from store.engine import lease
from store.engine.lease import LEASE

log = structlog.get_logger("clock")
EVERY = 1.0
"""Seconds between two looks."""
AT_ONCE = 20
"""Timers that are taken up together: they are done well within a lease."""
REST = 60.0
"""Seconds until a monitor that failed looks again."""


class Scheduler:
    """Looks every second for due timers; those of a dead process are taken by another."""

    name = "clock"

    def __init__(
        self, writer: Writer, desk: Desk, monitors: Sequence[Monitor], *, timers: bool = True
    ) -> None:
        """``timers``: is this a process that carries them out, and not only one that is watched?"""
        self._timers = timers
        self._writer = writer
        self._desk = desk
        self._monitors = monitors
        self._rests: dict[int, float] = {}
        self._leaving = threading.Event()

    def run(self) -> None:
        """Tick every second until ``leave``."""
        while not self._leaving.is_set():
            try:
                while self._timers and self.tick() == AT_ONCE and not self._leaving.is_set():
                    pass
            except Exception as error:
                note(log, "round failed", error, part="round")
            self._watch()
            self._leaving.wait(EVERY)

    def _watch(self) -> None:
        """Let each monitor look. One that fails rests for a minute, and keeps no other from looking."""
        now = time.monotonic()
        for monitor in self._monitors:
            if self._rests.get(id(monitor), 0.0) > now:
                continue
            try:
                self._desk.hand_over(monitor.look())
            except Exception as error:
                self._rests[id(monitor)] = now + REST
                note(log, "monitor failed", error, part="round", monitor=type(monitor).__name__)

    def leave(self) -> None:
        """Stop after the timer in progress; any process may take the others."""
        self._leaving.set()

    def tick(self) -> int:
        """Carry out the timers that are due now; returns how many."""
        now = self._desk.now()
        timers = self._writer.write(timer.claim, now=now, until=now + LEASE, most=AT_ONCE)
        for due in timers:
            if self._leaving.is_set():
                self._put_off(due, 0)
            else:
                self._carry_out(due)
        return len(timers)

    def _carry_out(self, due: Timer) -> None:
        """Give the desk a timer's command. A failed one is retried, later each time, and delays no other."""
        try:
            self._desk.handle(self._request(due))
        except Overtaken:
            log.info("a timer was taken over or cancelled", timer=due.id, kind=due.kind)
        except Exception as error:
            wait = backoff(due.fence).total_seconds()
            note(log, "a timer failed", error, part="timer", timer=due.id, kind=due.kind, again_in=wait)
            self._put_off(due, wait)

    def _request(self, due: Timer) -> Request:
        return Request(
            source="timer",
            key=f"{due.id}:{due.at.isoformat()}",
            asker=CLOCK,
            proof=Proof.LINKED,
            commands=(Due(due.case_id, kind=due.kind, timer=due.id, fence=due.fence),),
            at=self._desk.now(),
        )

    def _put_off(self, due: Timer, seconds: float) -> None:
        until = self._desk.now() + timedelta(seconds=seconds)
        self._writer.write(lease.renew, timer.timer, [(due.id, due.fence)], until=until)
