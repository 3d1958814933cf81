"""What is done again and again in a thread of its own, while a block runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def meanwhile(step: Callable[[], object], *, every: float = 0.0) -> Iterator[None]:
    """Repeat a step; ``every``: seconds between two. The last one is over when the block is left."""
    over = threading.Event()

    def repeat() -> None:
        while not over.wait(every):
            step()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
