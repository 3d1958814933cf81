"""Children that read mail, kept from one test to the next: to start one takes longer than most tests do."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

import pytest

from channels.email.sandbox import pool
from channels.email.sandbox.answer import ReadMail, Unread
from channels.email.sandbox.process import Item, ReaderProcess, _Child

MOST = 4
"""Children that are kept at most."""


class KeptWorker(ReaderProcess):
    """A worker whose child, if it is well and has nothing to do, goes on reading for the next desk."""

    idle: ClassVar[list[_Child]] = []
    _lock = threading.Lock()
    _asked = False

    def ask(self, items: Sequence[Item]) -> Iterator[tuple[ReadMail | Unread, list[bytes]]]:
        self._asked = True
        yield from super().ask(items)
        self._asked = False

    def retire(self) -> None:
        with self._lock:
            child = self._child
            if child is not None and not self._asked and len(self.idle) < MOST and child.alive():
                self.idle.append(child)
                self._child = None
        super().retire()

    def _started(self) -> _Child:
        with self._lock:
            while self.idle:
                child = self.idle.pop()
                if child.alive():
                    return child
                child.bury()
        return super()._started()


@contextmanager
def kept() -> Iterator[None]:
    """While it lasts, readers use children that others have left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool, "ReaderProcess", KeptWorker)
        yield
    forget()


def forget() -> None:
    """End those that have nothing to do."""
    while KeptWorker.idle:
        KeptWorker.idle.pop().bury()
