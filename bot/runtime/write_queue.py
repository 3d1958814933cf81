"""The queue of what waits to be written: what is urgent goes first."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from enum import IntEnum
from threading import Condition
from typing import Generic, Protocol, TypeVar

IN_A_ROW = 3
"""Times that what is urgent goes first while others wait; then it is their turn once."""


class Priority(IntEnum):
    """How soon something is written; the first one first."""

    URGENT = 0
    """Whoever asked for it waits for seconds only: the transaction is short, too."""
    DONE = 1
    """It is done already, and a crash would have it done again."""
    USUAL = 2


class Prioritized(Protocol):
    """An item that says how soon it is written."""

    @property
    def priority(self) -> Priority: ...


T = TypeVar("T", bound=Prioritized)


class WriteQueue(Generic[T]):
    """A queue by priority, each in the order of arrival. Safe between threads."""

    def __init__(self) -> None:
        self._waiting: dict[Priority, deque[T]] = {priority: deque() for priority in Priority}
        self._changed = Condition()
        self._closed = False
        self._in_a_row = 0

    def put(self, item: T) -> None:
        """Add an item after all of its priority."""
        with self._changed:
            self._waiting[item.priority].append(item)
            self._changed.notify()

    def take(self, most: int) -> list[T]:
        """The next items; waits for one. Empty only once the queue is closed and nothing waits."""
        with self._changed:
            self._changed.wait_for(lambda: len(self) or self._closed)
            items: list[T] = []
            for line in self._turn():
                while line and len(items) < most:
                    items.append(line.popleft())
            return items

    def give_back(self, items: Sequence[T]) -> None:
        """Put items that were taken before all of their priority again: there was no time for them."""
        with self._changed:
            for item in reversed(items):
                self._waiting[item.priority].appendleft(item)

    def clear(self) -> Iterable[T]:
        """Remove everything that waits, and return it."""
        with self._changed:
            items = [item for line in self._waiting.values() for item in line]
            for line in self._waiting.values():
                line.clear()
            return items

    def close(self) -> None:
        """End the queue: whoever takes gets what still waits, then nothing."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def urgent(self) -> bool:
        """Does anything urgent wait?"""
        return bool(self._waiting[Priority.URGENT])

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def _turn(self) -> Sequence[deque[T]]:
        """What is taken from now on, in this order; what is urgent last, if it had its share."""
        urgent, *others = self._waiting.values()
        both = bool(urgent and any(others))
        self._in_a_row = self._in_a_row + 1 if both else 0
        if self._in_a_row > IN_A_ROW:
            self._in_a_row = 0
            return *others, urgent
        return urgent, *others
