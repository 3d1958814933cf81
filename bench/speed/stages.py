"""A stop-watch for stages within stages: each moment belongs to the innermost one."""

from __future__ import annotations

import functools
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Stages:
    """``wrap`` functions, run, and read ``cpu`` and ``wall`` (seconds by stage) and ``calls``."""

    def __init__(self) -> None:
        self.cpu: dict[str, float] = defaultdict(float)
        self.wall: dict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self._open: list[str] = []
        self._last = self._now()

    def wrap(self, owner: Any, name: str, stage: str) -> None:
        """Time every call of ``owner.name`` as this stage, for as long as the process lives."""
        setattr(owner, name, self._timed(getattr(owner, name), stage))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """What happens within belongs to this stage, but for what is wrapped deeper."""
        self._enter(name)
        try:
            yield
        finally:
            self._leave()

    def reset(self) -> None:
        """Forget what was measured so far."""
        for table in (self.cpu, self.wall, self.calls):
            table.clear()

    def _timed(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            self._enter(stage)
            try:
                return function(*args, **kwargs)
            finally:
                self._leave()

        return timed

    def _enter(self, stage: str) -> None:
        self._charge()
        self.calls[stage] += 1
        self._open.append(stage)

    def _leave(self) -> None:
        self._charge()
        self._open.pop()

    def _charge(self) -> None:
        now = self._now()
        if self._open:
            self.cpu[self._open[-1]] += now[0] - self._last[0]
            self.wall[self._open[-1]] += now[1] - self._last[1]
        self._last = now

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.thread_time(), time.perf_counter()
