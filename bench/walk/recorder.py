"""Runs casebot with a recorder: which functions are called in which file, and which SQL statements run."""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
from collections import Counter
from pathlib import Path
from types import CodeType
from typing import Any

ROOT = Path(__file__).parents[2]
PRODUCT = tuple(f"{ROOT / name}/" for name in ("bot", "channels", "store"))


class Recorder:
    """Counts the calls of the product's named functions in all threads, and its SQL statements."""

    def __init__(self) -> None:
        self._calls: Counter[str] = Counter()
        self._entries: Counter[str] = Counter()
        self._statements: Counter[str] = Counter()
        self._names: dict[CodeType, str] = {}

    def install(self, pipe: Path) -> None:
        """Count from SIGUSR1 on, and write what was counted to a named pipe at SIGUSR2."""
        self._pipe = os.open(pipe, os.O_RDWR)
        signal.signal(signal.SIGUSR1, lambda *_: self._begin())
        signal.signal(signal.SIGUSR2, lambda *_: self._end())
        sys.monitoring.use_tool_id(sys.monitoring.PROFILER_ID, "walk")
        sys.monitoring.register_callback(
            sys.monitoring.PROFILER_ID, sys.monitoring.events.PY_START, self._started
        )

    def _begin(self) -> None:
        for counted in (self._calls, self._entries, self._statements):
            counted.clear()
        sys.monitoring.set_events(sys.monitoring.PROFILER_ID, sys.monitoring.events.PY_START)

    def _end(self) -> None:
        sys.monitoring.set_events(sys.monitoring.PROFILER_ID, 0)
        record = {"calls": self._calls, "entries": self._entries, "statements": self._statements}
        os.write(self._pipe, json.dumps(record).encode() + b"\n")

    def listen(self, connection: Any, _: object) -> None:
        """Count the statements of a new connection of SQLite."""
        connection.set_trace_callback(lambda text: self._statements.update(text.split(None, 1)[:1]))

    def _started(self, code: CodeType, _: int) -> object:
        name = self._names.get(code)
        if name is None:
            self._names[code] = name = _name(code)
        if not name:
            return sys.monitoring.DISABLE
        self._calls[name] += 1
        caller = sys._getframe(1).f_back
        while caller is not None and not self._names.get(caller.f_code, ""):
            caller = caller.f_back
        if caller is None or caller.f_code.co_filename != code.co_filename:
            self._entries[name] += 1
        return None


def _name(code: CodeType) -> str:
    """Return the name of a product's function; empty for others, and for lambdas and comprehensions."""
    if code.co_name.startswith("<") or not code.co_filename.startswith(PRODUCT):
        return ""
    return f"{code.co_filename.removeprefix(f'{ROOT}/')}:{code.co_qualname}"


def run(folder: Path, arguments: list[str]) -> None:
    """Run ``casebot`` with a recorder, and with one in the child process that reads mail."""
    from sqlalchemy import event
    from sqlalchemy.pool import Pool

    recorder = Recorder()
    recorder.install(folder / "parent")
    event.listen(Pool, "connect", recorder.listen)
    python = folder / "python"
    child = f'"{sys.executable}" "{__file__}" "{folder}"'
    python.write_text(
        f'#!/bin/sh\nexport PYTHONPATH="{ROOT}"\n'
        f'case "$*" in *.sandbox.child) exec {child} ;; *) exec "{sys.executable}" "$@" ;; esac\n'
    )
    python.chmod(0o700)
    sys.executable, sys.argv = str(python), ["casebot", *arguments]
    runpy.run_module("bot.cli", run_name="__main__", alter_sys=True)


def run_child(folder: Path) -> None:
    """Run the child process that reads mail with a recorder."""
    Recorder().install(folder / "child")
    runpy.run_module("channels.email.sandbox.child", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        run(Path(sys.argv[1]), sys.argv[2:])
    else:
        run_child(Path(sys.argv[1]))
