"""SIGHUP: remembered from the process's first moment on, answered once there is a config to read anew."""

from __future__ import annotations

import signal
from collections.abc import Callable

_pending = False
"""One has come that nobody has answered yet."""


def remember() -> None:
    """Remember a SIGHUP from now on; until then it ends the process, as the system has it."""
    signal.signal(signal.SIGHUP, _note)


def answer(ask: Callable[[], None]) -> None:
    """Have ``ask`` called for each SIGHUP from now on, and at once for one that came before."""
    signal.signal(signal.SIGHUP, lambda *_: ask())
    if _pending:
        ask()


def _note(*_: object) -> None:
    global _pending  # noqa: PLW0603 - a process has one
    _pending = True
