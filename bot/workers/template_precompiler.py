"""The template precompiler: has every notice compiled before the first mail needs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import structlog

from bot.render.compile_apart import task_of
from bot.render.renderer import Renderer

FIRST = 10.0
"""Seconds from the start until it begins: the desk, its database and its first mails have enough to do."""
LOOKS = 0.2
"""Seconds between two looks whether the process that compiles is done."""
REST = 9
"""After each template that it compiles itself it sleeps this many times as long as that took."""
_CODE = Path(__file__).resolve().parents[2]

log = structlog.get_logger(__name__)


class TemplatePrecompiler:
    """Has the templates compiled after the start, then waits to leave."""

    name = "template precompiler"

    def __init__(self, renderers: Iterable[Renderer]) -> None:
        self._renderers = tuple(dict.fromkeys(renderers))
        self._leaving = threading.Event()

    def run(self) -> None:
        """Compile all templates; errors were reported when the templates were opened.

        In a process of its own: this one would hold 40 MB more for as long as it lives, and mail would wait for it.
        Where what that compiles cannot be kept (a disk that is full or read-only) it does so here.
        """
        missing = [renderer for renderer in self._renderers if not renderer.whole()]
        if missing and self._leaving.wait(FIRST):
            return
        for renderer in missing:
            if not (renderer.keeps and self._apart(task_of(renderer)) and renderer.look_again()):
                if not self._leaving.is_set():
                    log.info("compiled templates cannot be kept: each start compiles them anew")
                self._here(renderer)
        self._leaving.wait()

    def leave(self) -> None:
        """Stop, even if not all templates are compiled."""
        self._leaving.set()

    def _apart(self, task: bytes) -> bool:
        """Compile in a process of its own; False if it failed, or did not come to its end."""
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # it inherits that: Ctrl-C is for the desk
        try:
            process = subprocess.Popen(
                (sys.executable, "-P", "-m", "bot.render.compile_apart"),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,  # it has no log
                env=_environment(),
            )
        except OSError:
            return False
        with process:
            if process.stdin is not None:
                with suppress(BrokenPipeError), process.stdin:
                    process.stdin.write(task)
            while process.poll() is None and not self._leaving.wait(LOOKS):
                pass
            process.kill()
        return process.returncode == 0

    def _here(self, renderer: Renderer) -> None:
        """Compile a few at a time."""
        for compile_one in renderer.prepared():
            began = time.monotonic()
            compile_one()
            if self._leaving.wait((time.monotonic() - began) * REST):
                return


def _environment() -> dict[str, str]:
    """Our environment without the desk's settings, with the path of this very code."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("CASEBOT_")}
    return {**others, "PYTHONPATH": os.pathsep.join(filter(None, (str(_CODE), others.get("PYTHONPATH"))))}
