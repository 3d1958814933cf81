"""The house: ``casebot run`` as its operator would start it, in a process group of its own."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 30.0
"""Seconds for it to open."""
LEAVE = 15.0
"""Seconds for it to leave."""
WIDOWED = ("/bin/sh", "-c", 'read -r _; kill -TERM "$1"', "sh")
"""A command that asks a process to leave when its own input ends: as soon as we are gone, even by SIGKILL."""


class Fallen(Exception):
    """Casebot's process ended or never opened; the message says why, with the last lines of its log."""


class House:
    """The process ``casebot run`` on ``folder/config.toml``, which logs into ``folder/casebot.log``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "casebot.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._widowed: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; returns at once."""
        config = str(self._folder / "config.toml")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "bot.cli", "--config", config, "run"],
                cwd=self._folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: we ask it to leave, in order
            )
        self._widowed = subprocess.Popen(
            [*WIDOWED, str(self._process.pid)], stdin=subprocess.PIPE, start_new_session=True
        )

    def wait(self, ready: Callable[[], bool]) -> None:
        """Wait until the process is ready. Raises ``Fallen``."""
        end = time.monotonic() + PATIENCE
        while not ready():
            self.check()
            if time.monotonic() > end:
                raise Fallen(self._words(f"casebot did not open within {PATIENCE:.0f} s"))
            time.sleep(0.02)

    @property
    def running(self) -> bool:
        """Does the process run?"""
        return self._process is not None and self._process.poll() is None

    def check(self) -> None:
        """Raises ``Fallen`` if the process has ended."""
        if self._process is not None and (code := self._process.poll()) is not None:
            raise Fallen(self._words(f"casebot ended (exit code {code})"))

    def stop(self) -> None:
        """Stop the process group: SIGTERM, later SIGKILL. Returns when all its processes are gone."""
        if self._process is None:
            return
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(LEAVE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._widowed is not None:
            with self._widowed as nobody_left:
                nobody_left.kill()

    def tail(self, lines: int = 20) -> list[str]:
        """The last lines of its log."""
        try:
            return self._log.read_text("utf-8", "replace").splitlines()[-lines:]
        except OSError:
            return []

    def _words(self, what: str) -> str:
        return "\n".join((f"{what}. The last lines of its log:", *(f"  {line}" for line in self.tail(12))))


def _environment() -> dict[str, str]:
    """The environment of this process without what would lead the demo to somebody's real desk."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CASEBOT_")}
