"""Containment: an unexpected exception is logged and counted, and ends no more than one item of work."""

from __future__ import annotations

import traceback
from typing import Any

from bot.runtime.group_commit import WriterGone
from bot.runtime.metrics import EXCEPTIONS
from store.engine.database import refused


def is_of_store(error: BaseException) -> bool:
    """Return whether the store is to blame: full, locked, unreachable, or closed because the process ends."""
    return refused(error) or isinstance(error, WriterGone)


def note(log: Any, event: str, error: BaseException, *, part: str, **about: Any) -> None:
    """Log where an exception was raised, and count it for ``part`` of the work (``metrics.PARTS``).

    Its message is left out, because it may quote a customer. An exception of the store is only a warning.
    """
    if is_of_store(error):
        log.warning(event, error=type(error).__name__, **about)
        return
    EXCEPTIONS.labels(part).inc()
    trace = "".join(traceback.format_tb(error.__traceback__))
    log.error(event, error=type(error).__name__, exception=trace, **about)
